// What the API says of a network at once, and a small forward pass over it for the pictures.
import type { Problem } from "./api";
import { bytes } from "./dom";
import { value } from "./numbers";

export interface Amount {
  text: string;
  value: string | null;
  parameter: string;
}

export interface Neuron {
  id: string;
  act: string;
  in: Record<string, string>;
  bias: string;
  pre?: string;
  out?: string;
}

export interface Part {
  type: "segment" | "ray" | "line" | "point" | "region";
  kind?: string;
}

export interface Look {
  reading: {
    result: {
      equations: { name: string; value: string }[];
      inputs: string[];
      parameters: string[];
      targets: string[];
    };
    html: string;
    values: Record<string, string>;
    quantities: string[];
  };
  graph: {
    why?: Problem;
    svg: string;
    titles: Record<string, string>;
    result: { inputs: string[]; neurons: Neuron[]; outputs: Record<string, string> };
    numbers: Record<string, { bias: Amount; in: Record<string, Amount> }>;
  };
  plane: {
    why?: Problem;
    box: string[];
    inputs: string[];
    outputs: string[];
    cells: number;
    vertices: string;
    offsets: string;
    A: string;
    b: string;
    patterns?: string[];
    pieces?: {
      regions: { number: number; pattern: string; status: string; domain?: string[]; affine?: Record<string, Record<string, string>> }[];
    };
    boundary: { why?: string; level?: string; edges?: number; length?: number | null; boundary?: Part[]; classes?: { sign: number; output?: string; label: string }[] };
  };
}

/** The cells as arrays: corners one after another, where each cell's begin, and each cell's affine maps. */
export interface Cells {
  count: number;
  outputs: number;
  corners: Float32Array;
  offsets: Uint32Array;
  A: Float32Array;
  b: Float32Array;
}

export function cellsOf(plane: Look["plane"]): Cells {
  const floats = (t: string) => new Float32Array(bytes(t).buffer);
  return {
    count: plane.cells,
    outputs: plane.outputs.length,
    corners: floats(plane.vertices),
    offsets: new Uint32Array(bytes(plane.offsets).buffer),
    A: floats(plane.A),
    b: floats(plane.b),
  };
}

const ACTS: Record<string, (z: number) => number> = {
  linear: (z) => z,
  relu: (z) => Math.max(0, z),
  abs: Math.abs,
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  step: (z) => (z > 0 ? 1 : 0),
  sign: Math.sign,
};

/** The pre-activation of each neuron at a point; those behind an unknown function or number are left out. */
export function forward(graph: Look["graph"], point: Record<string, number>): { pre: Record<string, number>; out: Record<string, number> } {
  const out: Record<string, number> = { ...point };
  const pre: Record<string, number> = {};
  for (const neuron of graph.result.neurons) {
    const numbers = graph.numbers[neuron.id];
    const act = ACTS[neuron.act];
    if (!numbers || numbers.bias.value === null) continue;
    let sum = value(numbers.bias.value);
    for (const [source, weight] of Object.entries(numbers.in)) {
      sum += weight.value === null || !(source in out) ? NaN : value(weight.value) * out[source];
    }
    if (Number.isNaN(sum)) continue;
    pre[neuron.id] = sum;
    if (act) out[neuron.id] = act(sum);
  }
  return { pre, out };
}

/** The line where a neuron of the first layer has pre-activation 0: a·x + b, or null. */
export function crease(graph: Look["graph"], neuron: Neuron, inputs: string[]): { a: [number, number]; b: number } | null {
  const numbers = graph.numbers[neuron.id];
  if (!numbers || numbers.bias.value === null || neuron.act === "linear") return null;
  const sources = Object.keys(numbers.in);
  if (!sources.length || sources.some((s) => !inputs.includes(s) || numbers.in[s].value === null)) return null;
  const a = inputs.map((i) => (i in numbers.in ? value(numbers.in[i].value as string) : 0)) as [number, number];
  return a[0] === 0 && a[1] === 0 ? null : { a, b: value(numbers.bias.value) };
}
