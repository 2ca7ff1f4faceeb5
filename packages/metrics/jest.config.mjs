import preset from '../../jest.preset.mjs';

// A minute a test: the longest takes a second, but checks also run on machines that are busy ten times over.
export default { ...preset, displayName: 'metrics', testTimeout: 60_000 };
