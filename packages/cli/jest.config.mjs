import preset from '../../jest.preset.mjs';

// Tests here start processes and run models; five seconds are too few where other packages' tests share the cores.
export default { ...preset, displayName: 'cli', testTimeout: 60_000 };
