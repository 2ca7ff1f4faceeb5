import { describe, expect, it } from '@jest/globals';
import { read } from './workspace.js';

interface LockedPackage {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };

  it('names every optional dependency, so that npm ci accepts it on every platform', () => {
    const installed = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).flatMap((name) => (installed.has(name) ? [] : [`${path} → ${name}`])),
    );
    expect(missing).toEqual([]);
  });
  it('holds no registry address: everyone installs from their own', () => {
    const addresses = Object.values(packages).flatMap(({ resolved, link }) =>
      resolved === undefined || link ? [] : [resolved],
    );
    expect(addresses).toEqual([]);
    expect(read('.npmrc')).not.toMatch(/registry *=/);
  });
});
