// Every weight and bias with a slider and an exact box, bias of the output included.
import { make, say, the } from "./dom";
import type { Amount, Look } from "./look";
import { isNumber, value } from "./numbers";

/** A number is set: of a parameter by its name, else of a connection (source "" for the bias). */
export type Put = (what: { parameter: string } | { neuron: string; source: string }, number: string, dragged: boolean) => void;

const ROWS = 200; // weights above which the page leaves them to the text

export class Weights {
  private host = the("weights");
  private note = the("weights-note");
  private shown = "";

  constructor(private put: Put) {}

  show(graph: Look["graph"]): void {
    const rows = this.rows(graph);
    if (rows.length > ROWS) {
      this.shown = "";
      this.host.replaceChildren();
      this.note.textContent = `${rows.length} weights and biases: too many for sliders; they stand in the file.`;
      return;
    }
    this.note.textContent = rows.length ? "Drag, or type an exact number such as 1/3." : "";
    const shape = JSON.stringify(rows.map((r) => r.key));
    if (shape !== this.shown) {
      this.shown = shape;
      this.host.replaceChildren(...rows.map((r) => this.row(r)));
    }
    rows.forEach((r, i) => this.fill(this.host.children[i] as HTMLElement, r.amount));
  }

  focus(neuron: string, source: string): void {
    const box = this.host.querySelector<HTMLInputElement>(`[data-at="${CSS.escape(`${source}>${neuron}`)}"] input[type=text]`);
    box?.focus();
    box?.select();
  }

  private rows(graph: Look["graph"]): Row[] {
    const out: Row[] = [];
    const seen = new Set<string>();
    for (const neuron of graph.result.neurons) {
      const numbers = graph.numbers[neuron.id];
      if (!numbers) continue;
      const all: [string, Amount][] = [...Object.entries(numbers.in), ["", numbers.bias]];
      for (const [source, amount] of all) {
        const named = amount.parameter;
        if (named ? seen.has(named) : amount.value === null) continue;
        seen.add(named);
        const label = named || (source ? `${source} → ${neuron.id}` : `bias of ${neuron.id}`);
        out.push({ key: `${source}>${neuron.id}`, label, amount, neuron: neuron.id, source });
      }
    }
    return out;
  }

  private row(row: Row): HTMLElement {
    const id = `w-${row.key}`;
    const target = () => (row.amount.parameter ? { parameter: row.amount.parameter } : { neuron: row.neuron, source: row.source });
    const slider = make("input", { type: "range", min: -4, max: 4, step: 0.05, "aria-label": `${row.label}, slider` });
    const box = make("input", { type: "text", id, inputmode: "decimal", size: 6, autocomplete: "off", spellcheck: "false" });
    slider.addEventListener("input", () => {
      box.value = String(Number(Number(slider.value).toFixed(3)));
      this.put(target(), box.value, true);
    });
    const take = () => {
      const good = isNumber(box.value);
      box.setAttribute("aria-invalid", String(!good));
      if (good) this.put(target(), box.value.trim(), false);
      else say(`${row.label}: ${box.value} is no number; write 2, -1/2 or 0.25`);
    };
    box.addEventListener("change", take);
    box.addEventListener("keydown", (e) => e.key === "Enter" && take());
    return make("div", { class: "weight-row", "data-at": row.key }, make("label", { for: id }, row.label), slider, box);
  }

  private fill(host: HTMLElement, amount: Amount): void {
    const [slider, box] = host.querySelectorAll("input");
    const text = amount.value ?? "";
    if (document.activeElement !== box) box.value = text;
    const x = text === "" ? 0 : value(text);
    const reach = Math.max(4, Math.ceil(Math.abs(x) * 1.5));
    slider.min = String(-reach);
    slider.max = String(reach);
    if (document.activeElement !== slider || Math.abs(Number(slider.value) - x) > 0.06) slider.value = String(x);
    box.setAttribute("aria-invalid", "false");
  }
}

interface Row {
  key: string;
  label: string;
  amount: Amount;
  neuron: string;
  source: string;
}
