// The text of the network: what cannot be read is marked in it, with the reason under the caret.
import type { Problem } from "./api";
import { make, the } from "./dom";

export class Editor {
  private area = the<HTMLTextAreaElement>("text");
  private marks = the("marks");
  private said = the("problem");

  constructor(onText: (text: string) => void) {
    this.area.addEventListener("input", () => {
      this.grow();
      onText(this.area.value);
    });
    this.area.addEventListener("scroll", () => (this.marks.scrollTop = this.area.scrollTop));
  }

  show(text: string): void {
    if (this.area.value === text) return;
    const at = this.area.selectionStart;
    this.area.value = text;
    if (document.activeElement === this.area) this.area.setSelectionRange(at, at);
    this.grow();
  }

  lock(locked: boolean): void {
    this.area.readOnly = locked;
  }

  problem(problem: Problem | null): void {
    const text = this.area.value;
    this.area.setAttribute("aria-invalid", String(problem !== null));
    if (!problem) {
      this.marks.replaceChildren(text);
      this.said.replaceChildren();
      return;
    }
    const [start, end] = problem.span ?? [text.length, text.length];
    this.marks.replaceChildren(text.slice(0, start), make("mark", {}, text.slice(start, end) || " "), text.slice(end));
    const where = problem.source ? `Line ${problem.source.line}, column ${problem.source.column}: ` : "";
    this.said.replaceChildren(make("p", {}, `${where}${problem.message}`));
    if (problem.expected) this.said.append(make("p", {}, `expected: ${problem.expected}`));
    if (problem.hint) this.said.append(make("p", {}, `try: ${problem.hint}`));
    const mark = this.marks.querySelector("mark");
    const line = mark ? mark.offsetTop + mark.offsetHeight : this.area.offsetHeight;
    this.said.style.marginTop = `${Math.max(0, Math.min(0, line - this.area.scrollTop - this.area.offsetHeight))}px`;
    this.said.style.paddingLeft = "0.5em";
  }

  private grow(): void {
    const rows = this.area.value.split("\n").length + 1;
    this.area.rows = Math.max(5, Math.min(18, rows));
    this.marks.replaceChildren(this.area.value);
  }
}
