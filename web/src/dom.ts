// Small helpers for the document.  Text goes in as text; HTML only from the server, whose printer escapes it.

export function the<T extends Element = HTMLElement>(id: string): T {
  return document.getElementById(id) as unknown as T;
}

type Child = Node | string | null;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Record<string, unknown>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((c): c is Node | string => c !== null));
  return element;
}

/** Markup that the server printed. */
export function printed(html: string): DocumentFragment {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

/** What scrolls by itself can be reached by keyboard. */
export function reachable(host: Element): void {
  for (const part of host.querySelectorAll<HTMLElement>(".wide, .display, pre, .row")) {
    if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
  }
}

export function picture(svg: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  return document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement;
}

let quiet = 0;

/** A short message, spoken by a screen reader; it goes after a while. */
export function say(text: string): void {
  the("said").textContent = text;
  clearTimeout(quiet);
  quiet = window.setTimeout(() => (the("said").textContent = ""), 7000);
}

export function download(name: string, content: BlobPart, type: string): void {
  const link = make("a", { download: name, href: URL.createObjectURL(new Blob([content], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

export function later(run: () => void, wait: number): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(run, wait);
  };
}
