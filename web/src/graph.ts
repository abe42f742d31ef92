// The drawing: our own SVG, each neuron and connection a button with a name.
import { picture, the } from "./dom";
import type { Look, Neuron } from "./look";
import { both } from "./numbers";

type Chosen = (neuron: string | null) => void;
type Edited = (neuron: string, source: string) => void;

export class Graph {
  private host = the("graph");
  private said = the("edge");
  private chosen: string | null = null;
  private look: Look["graph"] | null = null;

  constructor(private onNeuron: Chosen, private onEdge: Edited) {}

  show(graph: Look["graph"]): void {
    this.look = graph;
    const svg = picture(graph.svg);
    svg.setAttribute("role", "group");
    const width = Number(svg.getAttribute("width"));
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.style.maxWidth = `${Math.round(width * 1.25)}px`;
    for (const title of svg.querySelectorAll("title")) {
      const key = graph.titles[title.textContent ?? ""];
      const part = title.parentElement as unknown as SVGElement | null;
      if (!key || !part) continue;
      const weight = part.tagName === "use";
      part.dataset.key = key;
      part.classList.add(key.includes(">") ? "is-edge" : "is-node");
      if (!weight) {
        part.setAttribute("tabindex", "0");
        part.setAttribute("role", "button");
        part.setAttribute("aria-label", title.textContent ?? "");
      }
      part.addEventListener("pointerenter", () => this.hover(key));
      part.addEventListener("focus", () => this.hover(key));
      part.addEventListener("click", () => this.click(key));
      part.addEventListener("keydown", (event) => {
        const { key: pressed } = event as KeyboardEvent;
        if (pressed === "Enter" || pressed === " ") {
          event.preventDefault();
          this.click(key);
        } else if (pressed.startsWith("Arrow")) {
          event.preventDefault();
          this.step(part, pressed === "ArrowRight" || pressed === "ArrowDown" ? 1 : -1);
        }
      });
    }
    this.host.replaceChildren(svg);
    this.mark();
  }

  choose(neuron: string | null): void {
    this.chosen = neuron;
    this.mark();
  }

  /** Names of a counterexample light up, each with its value in its title. */
  point(values: Record<string, string>): void {
    for (const part of this.host.querySelectorAll<SVGElement>(".is-node")) {
      part.classList.toggle("is-meant", (part.dataset.key ?? "") in values);
    }
  }

  private step(from: SVGElement, by: number): void {
    const all = [...this.host.querySelectorAll<SVGElement>("[tabindex]")];
    all[(all.indexOf(from) + by + all.length) % all.length]?.focus();
  }

  private mark(): void {
    for (const part of this.host.querySelectorAll<SVGElement>("[data-key]")) {
      const on = part.dataset.key === this.chosen && this.chosen !== null;
      part.classList.toggle("is-chosen", on);
      if (part.classList.contains("is-node")) part.setAttribute("aria-pressed", String(on));
    }
  }

  private click(key: string): void {
    if (key.includes(">")) {
      const [source, neuron] = key.split(">");
      this.onEdge(neuron, source);
    } else {
      this.chosen = this.chosen === key ? null : key;
      this.mark();
      this.onNeuron(this.chosen);
    }
  }

  private hover(key: string): void {
    for (const part of this.host.querySelectorAll<SVGElement>("[data-key]")) {
      part.classList.toggle("is-hovered", part.dataset.key === key);
    }
    this.said.textContent = key.includes(">") ? this.edge(key) : this.node(key);
  }

  private edge(key: string): string {
    const [source, target] = key.split(">");
    const weight = this.look?.numbers[target]?.in[source];
    const neuron = this.neuron(target);
    if (!weight || !neuron) return "";
    const number = weight.value !== null && weight.value !== weight.text ? ` = ${both(weight.value)}` : "";
    const z = neuron.pre ?? `z of ${target}`;
    const slope = neuron.act === "linear" ? "" : `∂${target}/∂${z} · `;
    return `${source} → ${target}: weight ${weight.text}${number}. In the chain rule: ∂${target}/∂${source} = ${slope}${weight.text}; `
      + `by the weight itself: ${slope}${source}.`;
  }

  private node(key: string): string {
    const neuron = this.neuron(key);
    if (!neuron) return `Input ${key}`;
    const sum = Object.entries(neuron.in).map(([s, w]) => (w === "1" ? s : w === "-1" ? `−${s}` : `${w}·${s}`)).join(" + ");
    const bias = neuron.bias === "0" ? "" : ` + ${neuron.bias}`;
    const z = `${sum}${bias}`.replaceAll("+ -", "− ").replaceAll("+ −", "− ");
    return neuron.act === "linear" ? `${key} = ${z}` : `${key} = ${neuron.act}(${z})`;
  }

  private neuron(id: string): Neuron | undefined {
    return this.look?.result.neurons.find((n) => n.id === id);
  }
}
