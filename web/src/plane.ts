// The plane: cells by class or pattern, creases, the boundary; pan, zoom, a point, and creases that can be dragged.
import { the } from "./dom";
import { type Cells, cellsOf, crease, forward, type Look, type Neuron } from "./look";
import { short, snapped, value } from "./numbers";

type Box = [number, number, number, number]; // low and high of x, low and high of y

export interface Mark {
  x: number;
  y: number;
  label: string;
}

interface Events {
  point(x: string, y: string): void;
  view(box: string[]): void;
  fit(): void;
  drag(neuron: Neuron, bias: string): void;
}

const NEAR = 7; // pixels from a crease at which it is taken hold of
const FAINT = 20_000; // cells above which creases are drawn thinner

export class Plane {
  private canvas = the<HTMLCanvasElement>("plane");
  private tip = the("tip");
  private pen = this.canvas.getContext("2d") as CanvasRenderingContext2D;
  private box: Box = [-1, 1, -1, 1];
  private look: Look | null = null;
  private cells: Cells | null = null;
  private areas = new Paths();
  private lines = new Paths();
  private lit: Paths | null = null;
  private kept: { image: HTMLCanvasElement; box: Box } | null = null;
  private chosen: Neuron | null = null;
  private held: { neuron: Neuron; bias: number } | null = null;
  private panned: { x: number; y: number; box: Box; moved: boolean } | null = null;
  private fingers = new Map<number, { x: number; y: number }>();
  private asked = 0;
  private quiet = 0;
  point: { x: number; y: number } | null = null;
  marks: Mark[] = [];
  data: Mark[] = [];

  constructor(private events: Events) {
    const c = this.canvas;
    c.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    c.addEventListener("pointerdown", (e) => this.down(e));
    c.addEventListener("pointermove", (e) => this.move(e));
    c.addEventListener("pointerup", (e) => this.up(e));
    c.addEventListener("pointercancel", (e) => this.up(e));
    c.addEventListener("pointerleave", () => (this.tip.hidden = true));
    c.addEventListener("keydown", (e) => this.key(e));
    new ResizeObserver(() => this.draw()).observe(c);
    for (const scheme of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(scheme).addEventListener("change", () => this.draw());
    }
  }

  show(look: Look, fit: boolean): void {
    this.look = look;
    this.cells = cellsOf(look.plane);
    if (fit) this.box = look.plane.box.map(value) as Box;
    this.build();
    this.light();
    this.draw();
  }

  clear(): void {
    this.look = this.cells = this.lit = this.kept = null;
    this.areas = new Paths();
    this.lines = new Paths();
    this.draw();
  }

  choose(neuron: Neuron | null): void {
    this.chosen = neuron;
    this.light();
    this.draw();
  }

  fit(): void {
    this.events.fit();
  }

  /** What is seen, as exact numbers around it: the box to ask for. */
  get seen(): string[] {
    const box = this.shown();
    const room = (box[1] - box[0]) / 50;
    return box.map((v, i) => snapped(i % 2 ? v + room : v - room, (box[1] - box[0]) / 4));
  }

  /** The picture as a PNG. */
  image(): Promise<Blob | null> {
    return new Promise((done) => this.canvas.toBlob(done, "image/png"));
  }

  // --- shapes, once for each answer

  private build(): void {
    const { look, cells } = this;
    this.kept = null;
    if (!look || !cells) return;
    const classed = (look.plane.boundary.classes ?? []).length > 0;
    const many = cells.outputs > 1;
    const areas = new Paths();
    const lines = new Paths();
    const level = value(look.plane.boundary.level ?? "0");
    const area = (role: string) => areas.next(role);
    const edge = { add: (ends: number[]) => stroke(lines.next("boundary"), ends) };
    for (let k = 0; k < cells.count; k++) {
      const corners = this.corners(k);
      trace(lines.next("crease"), corners);
      if (!classed) {
        trace(area(parity(look, k) ? "shade" : "plain"), corners);
        continue;
      }
      const maps = [...Array(cells.outputs).keys()].map((o) => this.map(k, o));
      if (!many) {
        const [a, b, c] = maps[0];
        const cut = split(corners, a, b, c - level);
        if (cut.below.length > 2) trace(area("class1"), cut.below);
        if (cut.above.length > 2) trace(area("class2"), cut.above);
        if (cut.edge) edge.add(cut.edge);
        continue;
      }
      maps.forEach((mine, o) => {
        let part = corners;
        maps.forEach((other, p) => {
          if (p === o || part.length < 3) return;
          const cut = split(part, mine[0] - other[0], mine[1] - other[1], mine[2] - other[2]);
          part = cut.above;
          if (cut.edge && p > o) edge.add(cut.edge);
        });
        if (part.length > 2) trace(area(`class${(o % 4) + 1}`), part);
      });
    }
    this.areas = areas;
    this.lines = lines;
  }

  private light(): void {
    this.lit = null;
    const { look, cells, chosen } = this;
    if (!look || !cells || !chosen || chosen.act === "linear") return;
    this.lit = new Paths();
    for (let k = 0; k < cells.count; k++) {
      const corners = this.corners(k);
      const [x, y] = middle(corners);
      const { pre } = forward(look.graph, Object.fromEntries(look.plane.inputs.map((n, i) => [n, i ? y : x])));
      if ((pre[chosen.id] ?? -1) > 0) trace(this.lit.next("lit"), corners);
    }
  }

  private corners(k: number): number[] {
    const { offsets, corners } = this.cells as Cells;
    return Array.from(corners.subarray(2 * offsets[k], 2 * offsets[k + 1]));
  }

  private map(k: number, output: number): [number, number, number] {
    const { A, b, outputs } = this.cells as Cells;
    const at = k * outputs + output;
    return [A[2 * at], A[2 * at + 1], b[at]];
  }

  // --- drawing

  draw(): void {
    cancelAnimationFrame(this.asked);
    this.asked = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const ratio = devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (!width || !height) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.kept = null;
    }
    const pen = this.pen;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = colour("paper");
    pen.fillRect(0, 0, width, height);
    this.ground(width, height, ratio);
    this.overlay(width, height);
  }

  /** Cells and lines; while the view moves, the last picture is moved and stretched, and drawn anew when it rests. */
  private ground(width: number, height: number, ratio: number): void {
    const heavy = (this.cells?.count ?? 0) > 3000;
    const resting = performance.now() - this.quiet > 140;
    if (this.kept && heavy && !resting) {
      const [a, b, c, d] = this.kept.box;
      const [x0, y0] = this.at(a, d);
      const [x1, y1] = this.at(b, c);
      this.pen.drawImage(this.kept.image, x0, y0, x1 - x0, y1 - y0);
      this.asked = requestAnimationFrame(() => this.paint());
      return;
    }
    if (this.kept && same(this.kept.box, this.box)) {
      this.pen.drawImage(this.kept.image, 0, 0, width, height);
      return;
    }
    const image = document.createElement("canvas");
    image.width = this.canvas.width;
    image.height = this.canvas.height;
    const pen = image.getContext("2d") as CanvasRenderingContext2D;
    const shown = this.shown();
    const sx = (image.width / (shown[1] - shown[0]));
    const sy = (image.height / (shown[3] - shown[2]));
    pen.setTransform(sx, 0, 0, -sy, -shown[0] * sx, shown[3] * sy);
    for (const [role, paths] of [...this.areas.all, ...(this.lit?.all ?? [])]) {
      pen.fillStyle = role === "class1" ? hatch(pen, sx, sy, ratio) : colour(role);
      for (const path of paths) pen.fill(path);
    }
    for (const role of ["crease", "boundary"]) for (const path of this.lines.all.get(role) ?? []) this.line(pen, role, path, ratio);
    this.kept = { image, box: shown };
    this.pen.drawImage(image, 0, 0, width, height);
  }

  private line(pen: CanvasRenderingContext2D, role: string, path: Path2D, ratio: number): void {
    // the pen's width is one of the page, not of the plane: the path is put to the page first
    const turned = new Path2D();
    turned.addPath(path, pen.getTransform());
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.strokeStyle = colour(role);
    const faint = (this.cells?.count ?? 0) > FAINT;
    pen.lineWidth = ratio * (role === "boundary" ? 3 : faint ? 0.4 : 1);
    pen.stroke(turned);
    pen.restore();
  }

  private overlay(width: number, height: number): void {
    const pen = this.pen;
    this.axes(width, height);
    for (const mark of this.data) this.dot(mark, colour("ink"));
    if (this.look) this.creases();
    if (this.point) this.dot({ ...this.point, label: "" }, colour("accent"), 6);
    for (const mark of this.marks) {
      const [x, y] = this.at(mark.x, mark.y);
      pen.strokeStyle = colour("wrong");
      pen.lineWidth = 3;
      pen.beginPath();
      pen.moveTo(x - 7, y - 7); pen.lineTo(x + 7, y + 7);
      pen.moveTo(x - 7, y + 7); pen.lineTo(x + 7, y - 7);
      pen.stroke();
      this.write(mark.label, x + 12, y - 8, colour("wrong"));
    }
  }

  /** The creases that can be taken hold of, with their names. */
  private creases(): void {
    for (const { neuron, a, b } of this.handles()) {
      const bias = this.held?.neuron.id === neuron.id ? this.held.bias : b;
      const ends = across(this.shown(), a, bias);
      if (!ends) continue;
      const [p, q] = [this.at(...ends[0]), this.at(...ends[1])];
      const on = this.chosen?.id === neuron.id || this.held?.neuron.id === neuron.id;
      this.pen.strokeStyle = colour(on ? "accent" : "crease");
      this.pen.lineWidth = on ? 3 : 1.5;
      this.pen.beginPath();
      this.pen.moveTo(...p);
      this.pen.lineTo(...q);
      this.pen.stroke();
    }
  }

  private handles(): { neuron: Neuron; a: [number, number]; b: number }[] {
    if (!this.look || this.look.graph.why) return [];
    const { graph, plane } = this.look;
    return graph.result.neurons.slice(0, 40).flatMap((neuron) => {
      const found = crease(graph, neuron, plane.inputs);
      return found ? [{ neuron, ...found }] : [];
    });
  }

  private axes(width: number, height: number): void {
    const pen = this.pen;
    const [a, b, c, d] = this.shown();
    const step = nice((b - a) / 6);
    pen.strokeStyle = colour("soft");
    pen.lineWidth = 0.6;
    pen.beginPath();
    const [x0, y0] = this.at(0, 0);
    pen.moveTo(0, y0); pen.lineTo(width, y0);
    pen.moveTo(x0, 0); pen.lineTo(x0, height);
    pen.stroke();
    for (let x = Math.ceil(a / step) * step; x <= b; x += step) {
      if (Math.abs(x) > step / 2) this.write(short(x), this.at(x, 0)[0], clamp(y0 + 13, 13, height - 5), colour("soft"), "center");
    }
    for (let y = Math.ceil(c / step) * step; y <= d; y += step) {
      if (Math.abs(y) > step / 2) this.write(short(y), clamp(x0 + 6, 6, width - 30), this.at(0, y)[1] + 4, colour("soft"));
    }
    const names = this.look?.plane.inputs ?? [];
    if (names.length === 2) {
      this.write(names[0], width - 8, clamp(y0 - 8, 14, height - 6), colour("ink"), "right");
      this.write(names[1], clamp(x0 - 8, 24, width), 15, colour("ink"), "right");
    }
  }

  private write(text: string, x: number, y: number, ink: string, align: CanvasTextAlign = "left"): void {
    if (!text) return;
    const pen = this.pen;
    pen.font = "13px system-ui, sans-serif";
    pen.textAlign = align;
    pen.lineWidth = 3;
    pen.strokeStyle = colour("paper");
    pen.lineJoin = "round";
    pen.strokeText(text, x, y);
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
  }

  private dot(mark: Mark, ink: string, size = 4): void {
    const [x, y] = this.at(mark.x, mark.y);
    const kinds = [...new Set(this.data.map((m) => m.label))];
    const pen = this.pen;
    pen.beginPath();
    if (kinds.indexOf(mark.label) === 1) pen.rect(x - size, y - size, 2 * size, 2 * size);
    else if (kinds.indexOf(mark.label) === 2) { pen.moveTo(x, y - size * 1.3); pen.lineTo(x + size * 1.2, y + size); pen.lineTo(x - size * 1.2, y + size); pen.closePath(); }
    else pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fillStyle = ink;
    pen.fill();
    pen.strokeStyle = colour("paper");
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  // --- places

  /** The box, widened to the shape of the canvas, so that the axes have one scale. */
  private shown(): Box {
    const [a, b, c, d] = this.box;
    const width = this.canvas.clientWidth || 1;
    const height = this.canvas.clientHeight || 1;
    const scale = Math.max((b - a) / width, (d - c) / height);
    const [x, y] = [(a + b) / 2, (c + d) / 2];
    return [x - (scale * width) / 2, x + (scale * width) / 2, y - (scale * height) / 2, y + (scale * height) / 2];
  }

  private at(x: number, y: number): [number, number] {
    const [a, b, c, d] = this.shown();
    return [((x - a) / (b - a)) * this.canvas.clientWidth, ((d - y) / (d - c)) * this.canvas.clientHeight];
  }

  private place(event: { clientX: number; clientY: number }): [number, number] {
    const frame = this.canvas.getBoundingClientRect();
    const [a, b, c, d] = this.shown();
    const x = a + ((event.clientX - frame.left) / frame.width) * (b - a);
    return [x, d - ((event.clientY - frame.top) / frame.height) * (d - c)];
  }

  // --- a person's hand

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(0.4, Math.abs(event.deltaY) / 400)), this.place(event));
  }

  zoom(factor: number, about?: [number, number]): void {
    const [a, b, c, d] = this.shown();
    const [x, y] = about ?? [(a + b) / 2, (c + d) / 2];
    const next: Box = [x + (a - x) * factor, x + (b - x) * factor, y + (c - y) * factor, y + (d - y) * factor];
    if (next[1] - next[0] > 1e-9 && next[1] - next[0] < 1e9) this.moved(next);
  }

  private moved(box: Box): void {
    this.box = box;
    this.quiet = performance.now();
    this.draw();
    this.events.view(this.seen);
  }

  private down(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const near = this.near(event);
    if (near && this.fingers.size === 1) this.held = { neuron: near.neuron, bias: near.b };
    else this.panned = { x: event.clientX, y: event.clientY, box: this.shown(), moved: false };
  }

  private move(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (before && this.fingers.size === 2) return this.pinch(event);
    if (this.held) return this.pull(event);
    if (this.panned && before) return this.pan(event);
    this.canvas.style.cursor = this.near(event) ? "grab" : "crosshair";
    this.hover(event);
  }

  private pinch(event: PointerEvent): void {
    const [p, q] = [...this.fingers.values()];
    const wide = Math.hypot(p.x - q.x, p.y - q.y);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const [r, s] = [...this.fingers.values()];
    const now = Math.hypot(r.x - s.x, r.y - s.y);
    this.held = this.panned = null;
    if (wide > 0 && now > 0) this.zoom(wide / now, this.place({ clientX: (r.x + s.x) / 2, clientY: (r.y + s.y) / 2 }));
  }

  private pan(event: PointerEvent): void {
    const start = this.panned as NonNullable<typeof this.panned>;
    const [a, b, c, d] = start.box;
    const dx = ((event.clientX - start.x) / this.canvas.clientWidth) * (b - a);
    const dy = ((event.clientY - start.y) / this.canvas.clientHeight) * (d - c);
    if (!start.moved && Math.hypot(event.clientX - start.x, event.clientY - start.y) < 4) return;
    start.moved = true;
    this.moved([a - dx, b - dx, c + dy, d + dy]);
  }

  private pull(event: PointerEvent): void {
    const held = this.held as NonNullable<typeof this.held>;
    const found = this.handles().find((h) => h.neuron.id === held.neuron.id);
    if (!found) return;
    const [x, y] = this.place(event);
    const [a, b] = this.shown();
    const bias = snapped(-(found.a[0] * x + found.a[1] * y), (b - a) * Math.hypot(...found.a) / 2);
    held.bias = value(bias);
    this.draw();
    this.events.drag(held.neuron, bias);
  }

  private up(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    if (this.panned && !this.panned.moved && !this.held) this.put(...this.place(event));
    this.held = this.panned = null;
    this.draw();
  }

  private put(x: number, y: number): void {
    const [a, b] = this.shown();
    const [px, py] = [snapped(x, b - a), snapped(y, b - a)];
    this.point = { x: value(px), y: value(py) };
    this.draw();
    this.events.point(px, py);
  }

  private near(event: { clientX: number; clientY: number }): { neuron: Neuron; a: [number, number]; b: number } | null {
    const [x, y] = this.place(event);
    const [lo, hi] = this.shown();
    const pixel = (hi - lo) / (this.canvas.clientWidth || 1);
    const away = (h: { a: [number, number]; b: number }) => Math.abs(h.a[0] * x + h.a[1] * y + h.b) / Math.hypot(...h.a) / pixel;
    const [best] = this.handles().sort((p, q) => away(p) - away(q));
    return best && away(best) < NEAR ? best : null;
  }

  private hover(event: PointerEvent): void {
    const [x, y] = this.place(event);
    const words = this.words(x, y);
    this.tip.hidden = !words;
    if (!words) return;
    this.tip.textContent = words;
    const frame = this.canvas.getBoundingClientRect();
    const left = event.clientX - frame.left;
    this.tip.style.left = `${Math.min(left + 14, frame.width - 190)}px`;
    this.tip.style.top = `${event.clientY - frame.top + 16}px`;
  }

  /** The piece at a point in words: its pattern, its formula, the value. */
  words(x: number, y: number): string {
    const { look, cells } = this;
    if (!look || !cells) return "";
    const k = this.find(x, y);
    if (k < 0) return "";
    const pattern = look.plane.patterns?.[k];
    const region = pattern ? look.plane.pieces?.regions.find((r) => r.pattern === pattern) : undefined;
    const lines = look.plane.outputs.slice(0, 4).map((name, o) => {
      const [a, b, c] = this.map(k, o);
      const exact = region?.affine?.[name];
      const formula = exact ? affine(exact, look.plane.inputs) : `${short(a, 3)} ${look.plane.inputs[0]} + ${short(b, 3)} ${look.plane.inputs[1]} + ${short(c, 3)}`;
      return `${name} = ${formula} = ${short(a * x + b * y + c)}`;
    });
    const head = `(${short(x, 3)}, ${short(y, 3)})` + (region ? `  piece ${region.number}  ${pattern}` : pattern ? `  ${pattern}` : "");
    return [head.length > 60 ? `${head.slice(0, 57)}…` : head, ...lines].join("\n");
  }

  private find(x: number, y: number): number {
    const { count } = this.cells as Cells;
    for (let k = 0; k < count; k++) if (inside(this.corners(k), x, y)) return k;
    return -1;
  }

  private key(event: KeyboardEvent): void {
    const [a, b, c, d] = this.shown();
    const way: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = way[event.key];
    if (step && event.shiftKey) {
      const [dx, dy] = [step[0] * (b - a) * 0.1, step[1] * (d - c) * 0.1];
      this.moved([a + dx, b + dx, c + dy, d + dy]);
    } else if (step) {
      const p = this.point ?? { x: (a + b) / 2, y: (c + d) / 2 };
      this.put(p.x + step[0] * (b - a) / 40, p.y + step[1] * (b - a) / 40);
      the("plane-words").textContent = this.words(this.point!.x, this.point!.y).replaceAll("\n", "; ");
    } else if (event.key === "+" || event.key === "=") this.zoom(0.8);
    else if (event.key === "-") this.zoom(1.25);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}

// --- geometry of the picture

const TOGETHER = 96; // shapes of one path: what a path costs grows faster than what it holds

/** Shapes by role, few to a path. */
class Paths {
  readonly all = new Map<string, Path2D[]>();
  private counts = new Map<string, number>();

  next(role: string): Path2D {
    const count = this.counts.get(role) ?? 0;
    this.counts.set(role, count + 1);
    const paths = this.all.get(role) ?? [];
    this.all.set(role, paths);
    if (count % TOGETHER === 0) paths.push(new Path2D());
    return paths[paths.length - 1];
  }
}

function trace(path: Path2D, corners: number[]): void {
  path.moveTo(corners[0], corners[1]);
  for (let i = 2; i < corners.length; i += 2) path.lineTo(corners[i], corners[i + 1]);
  path.closePath();
}

function stroke(path: Path2D, edge: number[]): void {
  path.moveTo(edge[0], edge[1]);
  path.lineTo(edge[2], edge[3]);
}

/** A convex polygon cut where a x + b y + c = 0. */
function split(corners: number[], a: number, b: number, c: number): { below: number[]; above: number[]; edge: number[] | null } {
  const below: number[] = [];
  const above: number[] = [];
  const edge: number[] = [];
  const n = corners.length / 2;
  for (let i = 0; i < n; i++) {
    const [x, y] = [corners[2 * i], corners[2 * i + 1]];
    const j = (i + 1) % n;
    const [u, v] = [corners[2 * j], corners[2 * j + 1]];
    const p = a * x + b * y + c;
    const q = a * u + b * v + c;
    if (p <= 0) below.push(x, y);
    if (p >= 0) above.push(x, y);
    if (p === 0) edge.push(x, y);
    if ((p < 0 && q > 0) || (p > 0 && q < 0)) {
      const t = p / (p - q);
      const [s, r] = [x + t * (u - x), y + t * (v - y)];
      below.push(s, r);
      above.push(s, r);
      edge.push(s, r);
    }
  }
  return { below, above, edge: edge.length === 4 && !(a === 0 && b === 0) ? edge : null };
}

function inside(corners: number[], x: number, y: number): boolean {
  let sign = 0;
  for (let i = 0, n = corners.length; i < n; i += 2) {
    const [u, v, s, t] = [corners[i], corners[i + 1], corners[(i + 2) % n], corners[(i + 3) % n]];
    const side = (s - u) * (y - v) - (t - v) * (x - u);
    if (side !== 0) {
      if (sign !== 0 && side > 0 !== sign > 0) return false;
      sign = side;
    }
  }
  return sign !== 0;
}

function middle(corners: number[]): [number, number] {
  let [x, y] = [0, 0];
  for (let i = 0; i < corners.length; i += 2) {
    x += corners[i];
    y += corners[i + 1];
  }
  return [(2 * x) / corners.length, (2 * y) / corners.length];
}

/** Where the line a·x + b = 0 meets the frame. */
function across(box: Box, a: [number, number], b: number): [[number, number], [number, number]] | null {
  const [x0, x1, y0, y1] = box;
  const found: [number, number][] = [];
  for (const x of [x0, x1]) {
    const y = -(a[0] * x + b) / a[1];
    if (a[1] !== 0 && y >= y0 && y <= y1) found.push([x, y]);
  }
  for (const y of [y0, y1]) {
    const x = -(a[1] * y + b) / a[0];
    if (a[0] !== 0 && x >= x0 && x <= x1) found.push([x, y]);
  }
  if (found.length < 2) return null;
  const far = found.slice(1).reduce((p, q) => (Math.hypot(q[0] - found[0][0], q[1] - found[0][1]) > Math.hypot(p[0] - found[0][0], p[1] - found[0][1]) ? q : p));
  return [found[0], far];
}

function affine(map: Record<string, string>, inputs: string[]): string {
  const terms = inputs.filter((i) => map[i] && map[i] !== "0").map((i) => (map[i] === "1" ? i : map[i] === "-1" ? `−${i}` : `${map[i]} ${i}`));
  if (map.const && map.const !== "0") terms.unshift(map.const);
  return (terms.join(" + ") || "0").replaceAll("+ −", "− ").replaceAll("+ -", "− ").replaceAll("-", "−");
}

function parity(look: Look, k: number): boolean {
  const pattern = look.plane.patterns?.[k];
  return pattern === undefined ? k % 2 === 1 : [...pattern].filter((s) => s === "-").length % 2 === 1;
}

const same = (p: Box, q: Box) => p.every((v, i) => v === q[i]);
const clamp = (v: number, low: number, high: number) => Math.max(low, Math.min(high, v));

function nice(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
}

function colour(role: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--plane-${role}`).trim() || "#888";
}

/** Class 1 is hatched: no class is told by its colour alone. */
function hatch(pen: CanvasRenderingContext2D, sx: number, sy: number, ratio: number): CanvasPattern | string {
  const side = 10 * ratio;
  const tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const small = tile.getContext("2d") as CanvasRenderingContext2D;
  small.fillStyle = colour("class1");
  small.fillRect(0, 0, side, side);
  small.strokeStyle = colour("class1-mark");
  small.lineWidth = 1.2 * ratio;
  small.beginPath();
  for (const d of [-side, 0, side]) {
    small.moveTo(d, side);
    small.lineTo(d + side, 0);
  }
  small.stroke();
  const pattern = pen.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix([1 / sx, 0, 0, -1 / sy, 0, 0]));
  return pattern ?? colour("class1");
}
