// The page: a state, and what follows from it.
import { ask, Refused, Superseded } from "./api";
import { download, later, make, printed, reachable, say, the } from "./dom";
import { Editor } from "./editor";
import { EXAMPLES } from "./examples";
import { Graph } from "./graph";
import type { Look } from "./look";
import { short, value } from "./numbers";
import { exported, Panels, problem } from "./panels";
import { type Mark, Plane } from "./plane";
import { checked, EMPTY, packed, type State, Store, unpacked } from "./state";
import "./style.css";
import { type Put, Weights } from "./weights";

const store = new Store();
let look: Look | null = null;
let steady = false; // a weight moved: the window stays where it is

const network = () => {
  const { text, model, at } = store.state;
  return { network: model ?? text, at };
};

// --- the parts

const editor = new Editor((text) => {
  steady = false;
  store.set({ text, model: null }, "text");
});
const graph = new Graph((neuron) => choose(neuron), (neuron, source) => weights.focus(neuron, source));
const put: Put = (what, number, dragged) => {
  steady = true;
  if ("parameter" in what) store.set({ at: { ...store.state.at, [what.parameter]: number } }, dragged ? `at-${what.parameter}` : "");
  else void change(what.neuron, what.source, number, dragged);
};
const weights = new Weights(put);
const plane = new Plane({
  point: (x, y) => {
    const names = look?.plane.inputs ?? [];
    if (names.length === 2) store.set({ point: { ...store.state.point, [names[0]]: x, [names[1]]: y } }, "point");
  },
  view: (view) => store.set({ view }, "view"),
  fit: () => store.set({ view: null }),
  drag: (neuron, bias) => {
    const amount = look?.graph.numbers[neuron.id]?.bias;
    if (amount) put(amount.parameter ? { parameter: amount.parameter } : { neuron: neuron.id, source: "" }, bias, true);
  },
});
const panels = new Panels(store, network, counterexample, (name) => graph.choose(name));

function choose(neuron: string | null): void {
  graph.choose(neuron);
  const found = look?.graph.result?.neurons.find((n) => n.id === neuron) ?? null;
  plane.choose(found);
  light(found ? found.pre ?? found.out ?? found.id : null);
}

/** The equation of a quantity in the reading. */
function light(name: string | null): void {
  const rows = the("reading").querySelectorAll("tr, .row, mtr");
  const names = look?.reading.result.equations.map((e) => e.name) ?? [];
  let at = name === null ? -1 : names.indexOf(name);
  if (name !== null && at < 0) at = look?.reading.result.equations.findIndex((e) => e.value.length > 0 && names.length === 1) ?? -1;
  rows.forEach((row, i) => row.classList.toggle("is-lit", i === at));
}

function counterexample(at: Record<string, string>, says: string): void {
  const names = look?.plane.inputs ?? [];
  const marks: Mark[] = names.length === 2 && names.every((n) => n in at)
    ? [{ x: value(at[names[0]]), y: value(at[names[1]]), label: says }] : [];
  plane.marks = marks;
  plane.draw();
  graph.point(at);
}

// --- a weight that stands in the text is changed there

async function change(neuron: string, source: string, number: string, dragged: boolean): Promise<void> {
  try {
    const found = await ask<{ text: string }>("change", { network: store.state.text, neuron, source, value: number }, "change");
    store.set({ text: found.text }, dragged ? `drag-${neuron}-${source}` : "");
  } catch (error) {
    if (error instanceof Refused) say(error.problem.message);
    else if (!(error instanceof Superseded)) throw error;
  }
}

// --- what follows from a new network

async function see(): Promise<void> {
  const { text, model, view } = store.state;
  if (!text.trim() && !model) {
    editor.problem(null);
    return;
  }
  const window = view ?? (steady && look && !look.plane.why ? plane.seen : null);
  const body = { ...network(), ...(window ? { box: window } : {}) };
  const began = performance.now();
  try {
    const found = await ask<Look>("look", body);
    look = found;
    editor.problem(null);
    stale(false);
    show(found);
    document.documentElement.dataset.took = (performance.now() - began).toFixed(1);
  } catch (error) {
    if (error instanceof Superseded) return;
    if (!(error instanceof Refused)) throw error;
    editor.problem(error.problem);
    stale(true);
  }
}

function stale(on: boolean): void {
  for (const id of ["reading", "graph", "plane-box"]) the(id).classList.toggle("stale", on);
}

function show(found: Look): void {
  the("reading").replaceChildren(printed(found.reading.html));
  reachable(the("reading"));
  const { result } = found.reading;
  panels.known({ quantities: [...new Set(found.reading.quantities)], free: [...result.inputs, ...result.targets] });
  fillIn(found);
  if (found.graph.why) the("graph").replaceChildren(problem(found.graph.why));
  else {
    graph.show(found.graph);
    weights.show(found.graph);
  }
  showPlane(found);
}

/** Parameters that the person gave no value begin at 1, biases at 0: the pictures need numbers. */
function fillIn(found: Look): void {
  if (found.graph.why || store.state.model) return;
  const biases = new Set(Object.values(found.graph.numbers).map((n) => n.bias.parameter).filter((p) => p));
  const fresh = found.reading.result.parameters.filter((p) => !p.includes("[") && !(p in store.state.at));
  const gone = Object.keys(store.state.at).filter((p) => !found.reading.result.parameters.includes(p));
  if (!fresh.length || gone.length > 50) return;
  store.fill({ at: { ...store.state.at, ...Object.fromEntries(fresh.map((p) => [p, biases.has(p) ? "0" : "1"])) } });
}

function showPlane(found: Look): void {
  const words = the("plane-words");
  const table = the("plane-table");
  if (found.plane.why) {
    plane.clear();
    the("plane-figure").classList.add("bare");
    words.replaceChildren(problem(found.plane.why));
    table.hidden = true;
    return;
  }
  the("plane-figure").classList.remove("bare");
  plane.show(found, !store.state.view && !steady);
  words.textContent = told(found);
  table.hidden = !found.plane.pieces;
  if (found.plane.pieces) table.lastElementChild?.replaceChildren(tabled(found));
}

/** The plane in a sentence: 6 pieces; the boundary y = 0: 4 rays. */
function told(found: Look): string {
  const { plane: p } = found;
  const full = p.pieces ? p.pieces.regions.filter((r) => r.status === "full").length : p.cells;
  const parts = p.boundary.boundary;
  const kinds = new Map<string, number>();
  for (const part of parts ?? []) kinds.set(part.type, (kinds.get(part.type) ?? 0) + 1);
  const listed = [...kinds].map(([k, n]) => `${n} ${k}${n === 1 ? "" : "s"}`).join(", ");
  const long = p.boundary.length ? `, ${short(p.boundary.length)} long` : "";
  const line = p.boundary.edges ? `Boundary: ${p.boundary.edges.toLocaleString()} edges${long}.` : p.boundary.why ? `No boundary: ${p.boundary.why}.` : `Boundary: ${listed || "none in sight"}.`;
  const classes = (p.boundary.classes ?? []).map((c) => c.label).join(", ");
  return `${full.toLocaleString()} piece${full === 1 ? "" : "s"}. ${line}${classes ? ` Classes: ${classes}.` : ""}`;
}

function tabled(found: Look): HTMLElement {
  const outputs = found.plane.outputs;
  const head = make("tr", {}, ...["piece", "pattern", "where", ...outputs].map((t) => make("th", { scope: "col" }, t)));
  const rows = (found.plane.pieces?.regions ?? []).filter((r) => r.status !== "empty").slice(0, 200).map((r) =>
    make("tr", {}, make("td", {}, String(r.number)), make("td", {}, r.pattern), make("td", {}, (r.domain ?? []).join(", ")),
      ...outputs.map((o) => make("td", {}, Object.entries(r.affine?.[o] ?? {}).map(([k, v]) => (k === "const" ? v : `${v} ${k}`)).join(" + ").replaceAll("+ -", "− ")))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

// --- data points, files

function points(csv: string): Mark[] {
  return csv.split(/\r?\n/).flatMap((row) => {
    const [x, y, label] = row.split(/[,;\t]/).map((c) => c.trim());
    return x !== "" && y !== undefined && Number.isFinite(Number(x)) && Number.isFinite(Number(y)) ? [{ x: Number(x), y: Number(y), label: label ?? "" }] : [];
  }).slice(0, 20_000);
}

const LARGEST = 5_500_000; // bytes of a dropped file: the server takes 8 MB, and base64 is longer by a third

async function opened(file: File): Promise<void> {
  if (file.size > LARGEST) return say(`${file.name} has ${file.size.toLocaleString()} bytes; at most ${LARGEST.toLocaleString()} are read here. The command line reads larger ones.`);
  const name = file.name.toLowerCase();
  if (name.endsWith(".workings.json")) return load(await file.text());
  if (name.endsWith(".onnx") || name.endsWith(".json")) {
    const data = new Uint8Array(await file.arrayBuffer());
    let raw = "";
    for (const b of data) raw += String.fromCharCode(b);
    store.set({ model: { name: file.name, data: btoa(raw) }, at: {}, view: null, point: {} });
  } else if (name.endsWith(".csv")) store.set({ data: await file.text() });
  else if (name.endsWith(".md") || name.endsWith(".tex")) store.set({ sheet: await file.text(), tab: "sheet" });
  else store.set({ text: await file.text(), model: null, at: {}, view: null });
  say(`Opened ${file.name}`);
}

function load(text: string): void {
  try {
    store.set(checked(JSON.parse(text)));
    say("Opened.");
  } catch {
    say("This file holds no saved page.");
  }
}

// --- the bar

function wire(): void {
  const examples = the<HTMLSelectElement>("examples");
  examples.append(make("option", { value: "" }, "an example…"), ...EXAMPLES.map((e, i) => make("option", { value: i }, e.name)));
  examples.addEventListener("change", () => {
    const chosen = EXAMPLES[Number(examples.value)];
    if (examples.value !== "" && chosen) store.set({ ...EMPTY, ...(chosen.more as Partial<State>), text: chosen.text });
    examples.value = "";
  });
  const file = the<HTMLInputElement>("file");
  the("open").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files?.[0]) void opened(file.files[0]);
    file.value = "";
  });
  the("save").addEventListener("click", () => download("network.workings.json", JSON.stringify(store.state, null, 1), "application/json"));
  the("undo").addEventListener("click", () => store.undo());
  the("redo").addEventListener("click", () => store.redo());
  the("share").addEventListener("click", async () => {
    await address();
    await navigator.clipboard?.writeText(location.href).then(() => say("The link is copied."), () => say("The link stands in the address bar."));
  });
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey)) return;
    const key = e.key.toLowerCase();
    if (key === "z" && !e.shiftKey) store.undo();
    else if (key === "y" || (key === "z" && e.shiftKey)) store.redo();
    else return;
    e.preventDefault();
  });
  document.addEventListener("dragover", (e) => e.preventDefault());
  document.addEventListener("drop", (e) => {
    e.preventDefault();
    const dropped = e.dataTransfer?.files[0];
    if (dropped) void opened(dropped);
  });
  for (const bar of document.querySelectorAll<HTMLElement>("figure .exports")) {
    const what = bar.dataset.what as string;
    bar.append("Save as ", ...["svg", "png", "tikz"].map((as) => make("button", { type: "button", onclick: () => {
      const chosen = what === "pieces" && look?.plane.boundary.classes?.length ? "boundary" : what;
      void exported({ ...network(), what: chosen, as, ...(store.state.view && chosen !== "draw" ? { box: store.state.view } : {}) });
    } }, as)));
  }
}

let written = "";

async function address(): Promise<void> {
  written = `#${await packed(store.state)}`;
  history.replaceState(null, "", written);
}

async function fromAddress(): Promise<boolean> {
  if (location.hash.length < 2 || location.hash === written) return false;
  try {
    store.set(await unpacked(location.hash.slice(1)));
    return true;
  } catch {
    say("This link holds no page of workings.");
    return false;
  }
}

// --- what is done when something changes

const soonAddress = later(() => void address(), 400);
const soonPanel = later(() => void panels.refresh(), 160);

store.on((state, changed) => {
  the<HTMLButtonElement>("undo").disabled = store.back === 0;
  the<HTMLButtonElement>("redo").disabled = store.forth === 0;
  editor.show(state.model ? `# ${state.model.name}` : state.text);
  editor.lock(state.model !== null);
  if (changed.has("tab")) panels.open();
  if (changed.has("data")) plane.data = points(state.data);
  if (changed.has("text") || changed.has("model") || changed.has("at")) void see();
  if (changed.has("view")) soonView();
  if (changed.has("point")) {
    const names = look?.plane.inputs ?? [];
    const [x, y] = names.map((n) => state.point[n]);
    plane.point = x && y ? { x: value(x), y: value(y) } : null;
    plane.draw();
  }
  soonPanel();
  soonAddress();
});

const soonView = later(() => void see(), 180);

addEventListener("hashchange", () => void fromAddress());
wire();
panels.open();
void fromAddress().then((found) => {
  if (!found) store.fill({ text: EXAMPLES[0].text });
});
