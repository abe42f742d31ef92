// The tabs below the pictures: each verb's page as the server prints it, with the few fields it takes.
import { ask, type Problem, Refused, Superseded } from "./api";
import { bytes, download, later, make, printed, reachable, say, the } from "./dom";
import { both, short } from "./numbers";
import type { State, Store } from "./state";

interface Shown {
  html: string;
  result: Record<string, unknown>;
}

interface Walk {
  steps: { phase: string; name: string; is: string | null; html: string; number: unknown }[];
  missing: string[];
  of: string;
}

interface Line {
  text: string;
  verdict: string;
  counterexample?: { at?: Record<string, string>; yours?: string; true?: string };
}

export interface Names {
  quantities: string[];
  free: string[];
}

export const TABS = ["pieces", "boundary", "gradient", "passes", "check", "code", "sheet"] as const;
type Tab = (typeof TABS)[number];
const TITLES: Record<Tab, string> = {
  pieces: "Pieces", boundary: "Boundary", gradient: "Derivative", passes: "Passes", check: "Check", code: "Code", sheet: "Sheet",
};

export class Panels {
  private host = the("panel");
  private bar = the("tabs");
  private names: Names = { quantities: [], free: [] };
  private step = 0;
  private walk: Walk | null = null;

  constructor(
    private store: Store,
    private network: () => object,
    private onCounterexample: (at: Record<string, string>, says: string) => void,
    private onStep: (name: string | null) => void,
  ) {
    for (const tab of TABS) {
      const button = make("button", { role: "tab", id: `tab-${tab}`, type: "button", "aria-controls": "panel", onclick: () => store.set({ tab }) }, TITLES[tab]);
      this.bar.append(button);
    }
    this.bar.addEventListener("keydown", (e) => this.arrow(e as KeyboardEvent));
  }

  private arrow(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const next = TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length];
    this.store.set({ tab: next });
    the(`tab-${next}`).focus();
  }

  private get tab(): Tab {
    return (TABS as readonly string[]).includes(this.store.state.tab) ? (this.store.state.tab as Tab) : "pieces";
  }

  /** The frame of the tab; its content follows with `refresh`. */
  open(): void {
    for (const tab of TABS) {
      const button = the(`tab-${tab}`);
      button.setAttribute("aria-selected", String(tab === this.tab));
      button.tabIndex = tab === this.tab ? 0 : -1;
    }
    this.host.setAttribute("aria-labelledby", `tab-${this.tab}`);
    this.host.replaceChildren(this.fields(this.store.state), make("div", { id: "answer", class: "workings" }));
    this.onStep(null);
  }

  known(names: Names): void {
    const other = JSON.stringify(names.free) !== JSON.stringify(this.names.free);
    this.names = names;
    if (other && this.tab === "passes" && this.walk) void this.refresh();
    const list = document.getElementById("names");
    list?.replaceChildren(...[...names.quantities, ...names.free].map((n) => make("option", { value: n })));
  }

  async refresh(): Promise<void> {
    const state = this.store.state;
    const answer = the("answer");
    try {
      await this.fill(this.tab, state, answer);
      answer.classList.remove("stale");
    } catch (error) {
      if (error instanceof Superseded) return;
      if (!(error instanceof Refused)) throw error;
      // what the editor already says of the text is not said twice
      const known = the("text").getAttribute("aria-invalid") === "true" && this.tab !== "sheet";
      answer.classList.toggle("stale", known);
      if (!known) answer.replaceChildren(problem(error.problem));
    }
  }

  private async fill(tab: Tab, state: State, answer: HTMLElement): Promise<void> {
    if (tab === "sheet") return this.sheet(state, answer);
    if (!state.text.trim() && !state.model) return void answer.replaceChildren(make("p", {}, "Write a network first."));
    const net = this.network();
    if (tab === "pieces" || tab === "boundary") return this.put(answer, await ask<Shown>(tab, net, "panel"));
    if (tab === "gradient") return this.gradient(state, answer);
    if (tab === "passes") return this.passes(state, answer);
    if (tab === "check") return this.check(state, answer);
    const found = await ask<{ text: string }>("code", { ...net, of: state.of || null, to: state.to }, "panel");
    answer.replaceChildren(make("pre", { tabindex: "0", class: "code" }, found.text));
  }

  private put(answer: HTMLElement, found: Shown): void {
    // what a person has unfolded stays so
    const open = [...answer.querySelectorAll("details")].map((d) => d.open);
    answer.replaceChildren(printed(found.html));
    answer.querySelectorAll("details").forEach((d, i) => (d.open = open[i] ?? d.open));
    reachable(answer);
    answer.addEventListener("toggle", () => reachable(answer), { capture: true, once: true });
  }

  // --- fields

  private fields(state: State): HTMLElement {
    const bar = make("div", { class: "bar fields" });
    bar.append(make("datalist", { id: "names" }));
    const field = (label: string, key: "of" | "wrt", hint: string) => {
      const input = make("input", { type: "text", list: "names", size: 8, placeholder: hint, autocomplete: "off", spellcheck: "false" });
      input.value = state[key];
      input.addEventListener("input", () => this.store.set({ [key]: input.value }, key));
      bar.append(make("label", {}, `${label} `, input));
    };
    const choice = (label: string, key: "level" | "to", options: string[]) => {
      const select = make("select", {}, ...options.map((o) => make("option", { value: o }, o)));
      select.value = state[key];
      select.addEventListener("change", () => this.store.set({ [key]: select.value }));
      bar.append(make("label", {}, `${label} `, select));
    };
    if (this.tab === "gradient") {
      field("derivative of", "of", "E");
      field("by", "wrt", "all of them");
      choice("shown", "level", ["hint", "brief", "full", "every"]);
    }
    if (this.tab === "passes" || this.tab === "code") field("of", "of", "E");
    if (this.tab === "code") choice("for", "to", ["python", "numpy", "numba", "c", "jax", "torch"]);
    if (this.tab === "check" || this.tab === "sheet") bar.append(this.area(state));
    if (this.tab !== "check" && this.tab !== "passes") bar.append(this.exports());
    this.known(this.names);
    return bar;
  }

  private area(state: State): HTMLElement {
    const key = this.tab === "check" ? "lines" : "sheet";
    const label = key === "lines" ? "Your lines, one a row" : "An exercise sheet, Markdown or LaTeX";
    const hint = key === "lines" ? "dE/dw = 2*(y - t)*x" : "Type or drop a sheet here.";
    const area = make("textarea", { rows: key === "lines" ? 3 : 8, placeholder: hint, spellcheck: "false", "aria-label": label, id: `area-${key}` });
    area.value = state[key];
    area.addEventListener("input", () => this.store.set({ [key]: area.value }, key));
    const out = make("div", { class: "area" }, make("label", { for: `area-${key}` }, label), area);
    if (key === "lines") out.append(make("button", { type: "button", onclick: () => this.hint() }, "A hint"));
    return out;
  }

  private exports(): HTMLElement {
    const formats = this.tab === "code" ? ["file"] : this.tab === "sheet" ? ["html", "txt", "json"] : ["html", "txt", "json"];
    return make("span", { class: "exports" }, "Save as ", ...formats.map((f) => make("button", { type: "button", onclick: () => this.save(f) }, f)));
  }

  private save(format: string): void {
    const state = this.store.state;
    const what = this.tab === "sheet" ? "solve" : this.tab === "gradient" && !state.wrt ? "backward" : this.tab;
    const about = this.tab === "sheet" ? { sheet: state.sheet } : this.network();
    const derived = what === "gradient" ? { of: state.of || null, wrt: state.wrt } : what === "code" ? { of: state.of || null, to: state.to } : {};
    void exported({ ...about, ...derived, what, ...(format === "file" ? {} : { as: format }) });
  }

  // --- tabs

  private async gradient(state: State, answer: HTMLElement): Promise<void> {
    const of = { of: state.of || null };
    const verb = state.wrt ? "gradient" : "backward";
    const body = state.wrt ? { ...this.network(), ...of, wrt: state.wrt, level: state.level } : { ...this.network(), ...of };
    this.put(answer, await ask<Shown>(verb, body, "panel"));
  }

  private async check(state: State, answer: HTMLElement): Promise<void> {
    if (!state.lines.trim()) {
      this.onCounterexample({}, "");
      return void answer.replaceChildren(make("p", {}, "Type a line such as dE/dw = 2*(y - t)*x; the verdict comes as you stop typing."));
    }
    const found = await ask<Shown>("check", { ...this.network(), lines: state.lines }, "panel");
    this.put(answer, found);
    const lines = found.result.lines as Line[];
    const wrong = lines.find((l) => l.counterexample?.at);
    const at = wrong?.counterexample?.at ?? {};
    const says = wrong ? `yours ${wrong.counterexample?.yours}, true ${wrong.counterexample?.true}` : "";
    this.onCounterexample(at, says);
    say(lines.map((l) => `${l.text}: ${l.verdict}`).join("; "));
  }

  private async hint(): Promise<void> {
    try {
      const found = await ask<{ result: { next?: { says?: string } | string } & Record<string, unknown>; html: string }>(
        "check", { ...this.network(), lines: this.store.state.lines || "0 = 0", next: true }, "hint");
      this.put(the("answer"), { html: found.html, result: found.result });
      say("The hint stands at the end.");
    } catch (error) {
      if (error instanceof Refused) the("answer").prepend(problem(error.problem));
    }
  }

  private async sheet(state: State, answer: HTMLElement): Promise<void> {
    if (!state.sheet.trim()) return void answer.replaceChildren(make("p", {}, "A sheet's exercises are solved here, each part under its label."));
    this.put(answer, await ask<Shown>("solve", { sheet: state.sheet, level: state.level }, "panel"));
  }

  private async passes(state: State, answer: HTMLElement): Promise<void> {
    const found = await ask<Walk>("walk", { ...this.network(), of: state.of || null, point: state.point }, "panel");
    this.walk = found;
    this.step = Math.min(this.step, found.steps.length);
    const boxes = this.points(state);
    const list = make("ol", { class: "walk" }, ...found.steps.map((s, i) => {
      return make("li", { "data-i": i, class: s.phase }, printed(s.html), make("span", { class: "number", title: String(s.number ?? "") }, told(s.number)));
    }));
    const go = (to: number) => { this.step = Math.max(0, Math.min(found.steps.length, to)); this.reveal(); };
    const bar = make("div", { class: "bar" },
      make("button", { type: "button", onclick: () => go(0),  }, "Start"),
      make("button", { type: "button", id: "step-back", onclick: () => go(this.step - 1) }, "Step back"),
      make("button", { type: "button", id: "step-on", onclick: () => go(this.step + 1) }, "Step"),
      make("button", { type: "button", onclick: () => go(found.steps.length) }, "All"),
      make("span", { id: "step-says", class: "quiet", "aria-live": "polite" }));
    const missing = found.missing.length ? make("p", { class: "quiet" }, `No number yet for ${found.missing.join(", ")}: give one above.`) : null;
    answer.replaceChildren(...[boxes, missing, bar, list].filter((n): n is HTMLElement => n !== null));
    this.reveal();
  }

  private points(state: State): HTMLElement {
    const { free } = this.names;
    return make("div", { class: "bar" }, ...free.map((name) => {
      const input = make("input", { type: "text", size: 6, inputmode: "decimal" });
      input.value = state.point[name] ?? "";
      const take = later(() => this.store.set({ point: { ...this.store.state.point, [name]: input.value.trim() } }, `point-${name}`), 250);
      input.addEventListener("change", take);
      return make("label", {}, `${name} = `, input);
    }));
  }

  private reveal(): void {
    const steps = this.walk?.steps ?? [];
    const items = [...document.querySelectorAll<HTMLElement>(".walk li")];
    items.forEach((item, i) => {
      item.classList.toggle("later", i >= this.step);
      item.classList.toggle("now", i === this.step - 1);
      if (i >= this.step) item.setAttribute("aria-hidden", "true");
      else item.removeAttribute("aria-hidden");
    });
    const now = steps[this.step - 1];
    const says = document.getElementById("step-says");
    if (says) says.textContent = now ? `${this.step} of ${steps.length}: ${now.phase}, ${now.is ?? now.name}${told(now.number)}` : "Press Step: one number at a time.";
    this.onStep(now ? now.name : null);
  }
}

/** Exact where it is: 1/3 (0.3333); a double in few digits, all of them in its title. */
function told(number: unknown): string {
  if (number === null || number === undefined) return "";
  return typeof number === "number" ? ` ≈ ${short(number, 6)}` : ` = ${both(String(number))}`;
}

export function problem(p: Problem): HTMLElement {
  return make("div", { class: "problem", role: "note" }, make("p", {}, p.message),
    p.expected ? make("p", {}, `expected: ${p.expected}`) : null, p.hint ? make("p", {}, `try: ${p.hint}`) : null);
}

/** A result as a file on this machine. */
export async function exported(request: object): Promise<void> {
  try {
    const found = await ask<{ name: string; data: string }>("export", request, "export");
    download(found.name, bytes(found.data), "application/octet-stream");
    say(`Saved ${found.name}`);
  } catch (error) {
    if (error instanceof Refused) say(error.problem.message);
  }
}
