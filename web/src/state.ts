// All that the page holds: one object, its history, and its form in the address.

export interface Model {
  name: string;
  data: string;
}

export interface State {
  text: string;
  model: Model | null; // an .onnx or .json file in place of the text
  sheet: string; // an exercise sheet, in the tab of that name
  at: Record<string, string>; // values of parameters
  point: Record<string, string>; // values of inputs and targets
  view: string[] | null; // low and high of the two axes
  data: string; // points as CSV: two coordinates and a label
  tab: string;
  of: string;
  wrt: string;
  level: string;
  lines: string;
  to: string;
}

export const EMPTY: State = {
  text: "", model: null, sheet: "", at: {}, point: {}, view: null, data: "", tab: "pieces", of: "", wrt: "",
  level: "full", lines: "", to: "numpy",
};

type Listener = (state: State, changed: Set<keyof State>) => void;

const TOGETHER = 900; // milliseconds within which changes of one kind are one step back
const FURTHEST = 400; // steps back

export class Store {
  state: State = EMPTY;
  private past: State[] = [];
  private future: State[] = [];
  private listeners: Listener[] = [];
  private last = { kind: "", time: 0 };

  on(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Change; changes of the same `kind` that follow one another at once are one step back. */
  set(change: Partial<State>, kind = ""): void {
    const next = { ...this.state, ...change };
    const keys = (Object.keys(change) as (keyof State)[]).filter(
      (k) => JSON.stringify(next[k]) !== JSON.stringify(this.state[k]),
    );
    if (!keys.length) return;
    const now = Date.now();
    const same = kind !== "" && kind === this.last.kind && now - this.last.time < TOGETHER;
    if (!same) this.past.push(this.state);
    if (this.past.length > FURTHEST) this.past.shift();
    this.future = [];
    this.last = { kind, time: now };
    this.put(next, new Set(keys));
  }

  /** What is no step of the person's: the values that the page fills in. */
  fill(change: Partial<State>): void {
    this.put({ ...this.state, ...change }, new Set(Object.keys(change) as (keyof State)[]));
  }

  undo(): boolean {
    return this.move(this.past, this.future);
  }

  redo(): boolean {
    return this.move(this.future, this.past);
  }

  get back(): number {
    return this.past.length;
  }

  get forth(): number {
    return this.future.length;
  }

  private move(from: State[], to: State[]): boolean {
    const next = from.pop();
    if (!next) return false;
    to.push(this.state);
    this.last = { kind: "", time: 0 };
    this.put(next, new Set(Object.keys(EMPTY) as (keyof State)[]));
    return true;
  }

  private put(next: State, keys: Set<keyof State>): void {
    this.state = next;
    for (const listener of this.listeners) listener(next, keys);
  }
}

// --- the address

async function through(data: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([data]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** The state as text that an address can hold. */
export async function packed(state: State): Promise<string> {
  const own = Object.fromEntries(
    Object.entries(state).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(EMPTY[k as keyof State])),
  );
  const data = await through(new TextEncoder().encode(JSON.stringify(own)), new CompressionStream("deflate-raw"));
  let raw = "";
  for (const byte of data) raw += String.fromCharCode(byte);
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const MOST = 4_000_000; // characters of an opened state

export async function unpacked(text: string): Promise<State> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const data = Uint8Array.from(raw, (c) => c.charCodeAt(0));
  const json = new TextDecoder().decode(await through(data, new DecompressionStream("deflate-raw")));
  if (json.length > MOST) throw new Error("too long");
  return checked(JSON.parse(json));
}

/** Only what a state has, each of its own type; the rest of a foreign object is dropped. */
export function checked(given: unknown): State {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Error("no state");
  const source = given as Record<string, unknown>;
  const out: State = { ...EMPTY };
  const text = (k: keyof State) => (typeof source[k] === "string" ? (source[k] as string) : (EMPTY[k] as string));
  for (const k of ["text", "sheet", "data", "tab", "of", "wrt", "level", "lines", "to"] as const) out[k] = text(k);
  out.at = table(source.at);
  out.point = table(source.point);
  if (Array.isArray(source.view) && source.view.length === 4 && source.view.every((v) => typeof v === "string")) {
    out.view = source.view as string[];
  }
  const model = source.model as Model | null;
  if (model && typeof model.name === "string" && typeof model.data === "string") out.model = { name: model.name, data: model.data };
  return out;
}

function table(given: unknown): Record<string, string> {
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([, v]) => typeof v === "string")) as Record<string, string>;
}
