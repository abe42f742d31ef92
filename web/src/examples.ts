// What a person can start from.

export const EXAMPLES: { name: string; text: string; more?: Record<string, unknown> }[] = [
  { name: "Six pieces, four rays", text: "y = 2 - r(x1) - r(x2) + r(x1 + x2)\nr(s) = max(0, s)\nclass 1 if y < 0" },
  {
    name: "One neuron, log cosh error",
    text: "z = w*x + b\ny = tanh(z)\nE = log(cosh(y - t))",
    more: { tab: "gradient", wrt: "w" },
  },
  {
    name: "Two layers, backward pass",
    text: "z3 = x1*w13 + x2*w23\na3 = tanh(z3)\nz4 = x1*w14 + x2*w24\na4 = tanh(z4)\nz5 = a3*w35 + a4*w45\na5 = tanh(z5)\nE = log cosh(a5 - t)",
    more: { tab: "passes" },
  },
  {
    name: "Shared weights through softplus",
    text: "w13 = log(1 + exp(v))\nw24 = log(1 + exp(v))\nz3 = x1*w13\nz4 = x2*w24\ny = tanh(z3) + tanh(z4)\nE = (y - t)^2",
    more: { tab: "gradient", wrt: "v" },
  },
  { name: "XOR by hand", text: "h1 = relu(x1 + x2)\nh2 = relu(x1 + x2 - 1)\ny = h1 - 2*h2 - 1/2\nclass 1 if y > 0" },
  { name: "Octagon", text: "h1 = abs(x1)\nh2 = abs(x2)\nh3 = abs(x1 + x2)\nh4 = abs(x1 - x2)\ny = 3 - h1 - h2 - 1/2*h3 - 1/2*h4\nclass 1 if y > 0" },
  { name: "A residual step in LaTeX", text: "h_1 = \\max(0, x_1 - x_2)\nh_2 = \\max(0, \\frac{1}{2} x_1 + x_2 - 1)\ny = x_1 + h_1 - 2 h_2" },
];
