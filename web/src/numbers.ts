// Exact numbers as the API writes them, -3/2, and the doubles the pictures need.

export function value(text: string): number {
  const [top, bottom] = text.replace("\u2212", "-").split("/");
  return Number(top) / (bottom === undefined ? 1 : Number(bottom));
}

export function isNumber(text: string): boolean {
  return /^\s*[-+\u2212]?(\d+(\.\d*)?|\.\d+)(\s*\/\s*\d*[1-9]\d*)?\s*$/.test(text);
}

/** A double to so many digits, without noise: 0.30000000000000004 is 0.3. */
export function short(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  const text = Number(x.toPrecision(digits)).toString();
  return text.replace("-", "\u2212");
}

/** The nearest number on a grid that suits the length: what a drag snaps to. */
export function snapped(x: number, length: number): string {
  const step = 10 ** Math.floor(Math.log10(length / 40));
  const unit = length / 40 / step >= 5 ? 5 * step : length / 40 / step >= 2 ? 2 * step : step;
  const places = Math.max(0, -Math.floor(Math.log10(unit)));
  const text = (Math.round(x / unit) * unit).toFixed(places);
  return (places ? text.replace(/\.?0+$/, "") : text).replace(/^-0$/, "0");
}

/** Exact first, decimal beside it: 1/3 (0.3333). */
export function both(text: string): string {
  return text.includes("/") ? `${text} (${short(value(text))})` : text;
}
