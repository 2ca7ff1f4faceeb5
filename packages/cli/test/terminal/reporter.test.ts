import { describe, expect, it } from '@jest/globals';
import { UserError } from '@mixture-of-personas/pipeline';
import { createReporter } from '../../src/terminal/reporter.js';
import { fakeTerminal } from '../terminal.js';

const loud = { json: false, quiet: false, progress: true };

describe('a reporter', () => {
  it('writes the result alone to stdout', () => {
    const terminal = fakeTerminal();
    const reporter = createReporter(terminal.io, loud);
    reporter.info('starting');
    reporter.warn('few rows');
    reporter.result({ a: 1 }, 'a is 1');
    expect(terminal.stdout()).toBe('a is 1\n');
    expect(terminal.stderr()).toBe('starting\nWarning: few rows\n');
  });

  it('writes one JSON line with --json, warnings included', () => {
    const terminal = fakeTerminal();
    const reporter = createReporter(terminal.io, { ...loud, json: true });
    reporter.warn('few rows');
    reporter.result({ a: 1 }, 'a is 1');
    expect(terminal.stdout()).toBe('{"status":"ok","data":{"a":1},"warnings":["few rows"]}\n');
  });

  it('tells a failure in both forms, without a stack', () => {
    const error = new UserError('bad', 'It is bad.', { remedy: 'Make it good.' });
    const plain = fakeTerminal();
    createReporter(plain.io, loud).failure(error);
    expect([plain.stdout(), plain.stderr()]).toEqual(['', 'Error: It is bad. Make it good.\n']);
    const json = fakeTerminal();
    createReporter(json.io, { ...loud, json: true }).failure(error);
    expect(JSON.parse(json.stdout())).toEqual({
      status: 'error',
      error: { code: 'bad', message: 'It is bad.', suggestion: 'Make it good.' },
    });
  });

  it('adds the stack with MOP_DEBUG=1 only', () => {
    const terminal = fakeTerminal(undefined, { MOP_DEBUG: '1' });
    createReporter(terminal.io, loud).failure(new TypeError('x is not a function'));
    expect(terminal.stderr()).toMatch(/^Error: Something inside mop went wrong: x is not a function .*\n[^]*at /);
  });

  it('takes the bar away before it writes a line', () => {
    const terminal = fakeTerminal(80);
    const reporter = createReporter(terminal.io, loud);
    reporter.progress('fit').update(1, 2);
    reporter.info('note');
    expect(terminal.stderr()).toMatch(/\r\u001b\[2Knote\n$/);
  });

  it('is silent about progress and log with --quiet', () => {
    const terminal = fakeTerminal(80);
    const reporter = createReporter(terminal.io, { ...loud, quiet: true });
    reporter.info('note');
    reporter.progress('fit').update(1, 2);
    expect(terminal.stderr()).toBe('');
  });
});
