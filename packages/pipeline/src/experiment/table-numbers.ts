/** Digits of a raised number, 0 … 9. */
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Columns whose largest figure is below this are printed times a power of ten. */
const SMALL = 1e-2;

/** Three significant digits, with the minus sign that people read. */
export function numberText(value: number): string {
  return plainNumber(value).replace('-', '−');
}

/** Three significant digits, with the minus sign that programs know. */
function plainNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/**
 * A mean and the half width of its interval, both to the second digit of the half width: further digits of the mean say nothing.
 * @param half null where there is no interval; then the mean has three digits
 * @returns one text, or two
 */
export function intervalTexts(mean: number, half: number | null): readonly [mean: string, half?: string] {
  if (half === null) return [plainNumber(mean)];
  if (half === 0) return [plainNumber(mean), '0'];
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return [mean.toFixed(decimals).replace(/^-(0(?:\.0*)?)$/, '$1'), half.toFixed(decimals)];
}

/** `mean ± half` for people. */
export function withInterval(mean: number, half: number | null): string {
  return intervalTexts(mean, half).join(' ± ').replace('-', '−');
}

/** The power of ten that brings the largest of some figures between 1 and 10 where it is small; 0 elsewhere. */
export function powerFor(values: readonly number[]): number {
  const largest = Math.max(0, ...values.map(Math.abs));
  return largest > 0 && largest < SMALL ? -Math.floor(Math.log10(largest)) : 0;
}

/** `·10⁵`; empty for power 0. */
export function powerText(power: number): string {
  return power === 0 ? '' : `·10${[...String(power)].map((digit) => RAISED[Number(digit)] ?? '').join('')}`;
}
