// One function asks the API; a newer request of the same kind takes the place of one that still waits.

export interface Problem {
  error: string;
  message: string;
  expected?: string;
  hint?: string;
  span?: [number, number];
  source?: { line: number; column: number };
}

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

export class Superseded extends Error {}

async function post<T>(verb: string, body: object): Promise<T> {
  let reply: Response;
  try {
    reply = await fetch(`/api/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused({ error: "offline", message: "the server has ended", hint: "start workings serve again" });
  }
  const found = await reply.json().catch(() => null);
  if (found === null || !found.ok) {
    throw new Refused(found?.error ?? { error: "Fault", message: `the server answered ${reply.status}` });
  }
  return found as T;
}

interface Line {
  running: boolean;
  next: (() => void) | null;
  drop: (() => void) | null;
}

const lines = new Map<string, Line>();

/** Ask; while one request of this kind runs only the newest other waits, the rest end as `Superseded`. */
export function ask<T>(verb: string, body: object, kind = verb): Promise<T> {
  const line = lines.get(kind) ?? { running: false, next: null, drop: null };
  lines.set(kind, line);
  return new Promise<T>((done, failed) => {
    const start = () => {
      line.running = true;
      post<T>(verb, body)
        .then(done, failed)
        .finally(() => {
          line.running = false;
          const next = line.next;
          line.next = line.drop = null;
          next?.();
        });
    };
    if (!line.running) return start();
    line.drop?.();
    line.next = start;
    line.drop = () => failed(new Superseded());
  });
}
