import { describe, expect, it } from '@jest/globals';
import { durationText } from '@mixture-of-personas/pipeline';
import { barLine, createProgress } from '../../src/terminal/progress.js';
import { fakeTerminal } from '../terminal.js';

describe('progress', () => {
  it('is a plain line every 10 % where there is no terminal', () => {
    const terminal = fakeTerminal();
    const { io, clock } = terminal;
    const progress = createProgress(io, 'fit');
    for (let done = 0; done <= 200; done++) {
      clock.now += 1000;
      progress.update(done, 200, 'cache 83 %');
    }
    progress.end();
    const lines = terminal.stderr().trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[1]).toBe('fit 10 % · ETA 3 min · 20/200 · cache 83 %');
    expect(lines.at(-1)).toBe('fit 100 % · 200/200 · cache 83 %');
    expect(terminal.stderr()).not.toContain('\u001b');
  });

  it('is a bar that is redrawn at most ten times a second and taken away at the end', () => {
    const terminal = fakeTerminal(80);
    const { io, clock } = terminal;
    const progress = createProgress(io, 'fit');
    for (let done = 0; done <= 1000; done++) {
      clock.now += 1;
      progress.update(done, 1000);
    }
    progress.end();
    expect(terminal.stderr().match(/\[#*\.*\]/g)?.length).toBeLessThanOrEqual(12);
    expect(terminal.stderr().endsWith('\r\u001b[2K')).toBe(true);
  });

  it.each([20, 40, 80, 200])('never makes a line wider than a terminal of %d columns', (columns) => {
    for (const done of [0, 1, 4999, 5000]) {
      const state = {
        label: 'simulate the population',
        done,
        total: 5000,
        detail: 'cache 83 % · 3.1 pair/s',
        seconds: 3700,
      };
      expect(barLine(state, columns - 1).length).toBeLessThan(columns);
    }
  });

  it('shows nothing impossible when there is nothing to do', () => {
    expect(barLine({ label: 'fit', done: 0, total: 0, detail: undefined, seconds: 0 }, 60)).toMatch(
      /^\[#+\] fit 100 % · 0\/0$/,
    );
  });

  it('says spans of time as short as they are read', () => {
    expect([0, 42, 59.7, 180, 7500].map(durationText)).toEqual(['0 s', '42 s', '1 min', '3 min', '2 h 05 min']);
  });
});
