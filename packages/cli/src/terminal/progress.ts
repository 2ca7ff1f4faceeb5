import { durationText, type Progress } from '@mixture-of-personas/pipeline';
import { widthOf, type Io } from './io.js';

/** Redraws at most this often, ms. */
const REDRAW = 100;

/** A bar with remaining time on a terminal, a plain line every 10 % elsewhere. */
export function createProgress(io: Io, label: string): Progress {
  return io.stderr.isTTY === true ? terminalBar(io, label) : plainLines(io, label);
}

function terminalBar(io: Io, label: string): Progress {
  const started = io.now();
  let drawnAt = -Infinity;
  let visible = false;
  const clear = (): void => {
    if (visible) io.stderr.write('\r\u001b[2K');
    visible = false;
  };
  return {
    update(done, total, detail) {
      const now = io.now();
      if (now - drawnAt < REDRAW && done < total) return;
      drawnAt = now;
      const line = barLine({ label, done, total, detail, seconds: (now - started) / 1000 }, widthOf(io.stderr) - 1);
      io.stderr.write(`\r\u001b[2K${line}`);
      visible = true;
    },
    clear,
    end: clear,
  };
}

function plainLines(io: Io, label: string): Progress {
  const started = io.now();
  let printed = -1;
  return {
    update(done, total, detail) {
      const tenth = total > 0 ? Math.floor((10 * done) / total) : 10;
      if (tenth <= printed) return;
      printed = tenth;
      const words = summary({ label, done, total, detail, seconds: (io.now() - started) / 1000 });
      io.stderr.write(`${words.join(' · ')}\n`);
    },
    clear: () => undefined,
    end: () => undefined,
  };
}

/** Content of a progress line. */
export interface ProgressState {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string | undefined;
  readonly seconds: number;
}

/** The line of a bar, never wider than `width`: the bar shrinks first, then the last words go. */
export function barLine(state: ProgressState, width: number): string {
  const words = summary(state);
  let text = words.join(' · ');
  while (text.length > width && words.length > 1) {
    words.pop();
    text = words.join(' · ');
  }
  const room = Math.min(30, width - text.length - 3);
  if (room < 5) return text.slice(0, width);
  const filled = Math.round(room * shareOf(state));
  return `[${'#'.repeat(filled)}${'.'.repeat(room - filled)}] ${text}`;
}

/** Parts of the line, most important first. */
function summary(state: ProgressState): string[] {
  const { label, done, total, detail, seconds } = state;
  const share = shareOf(state);
  const eta = done > 0 && done < total ? [`ETA ${durationText((seconds * (1 - share)) / share)}`] : [];
  const counts = `${label} ${Math.floor(100 * share)} %`;
  return [counts, ...eta, `${done}/${total}`, ...(detail === undefined || detail === '' ? [] : [detail])];
}

function shareOf({ done, total }: ProgressState): number {
  return total > 0 ? Math.min(1, done / total) : 1;
}
