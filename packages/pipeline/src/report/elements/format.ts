/** A number for a person: four digits, a true minus sign; a dash for none. */
export function numberText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–';
  return signed(Number(value.toPrecision(digits)).toString());
}

/** Decimal places as asked, with a true minus sign. */
export function fixedText(value: number, places: number): string {
  return signed(value.toFixed(places));
}

/** A share as a percentage, with a place more where it is small. */
export function shareText(share: number): string {
  const percent = 100 * share;
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

/** A whole number with commas. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** Text cut to so many characters, at a word's end where one is near; whole characters only. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const cut = characters.slice(0, length - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > length * 0.6 ? cut.slice(0, space) : cut).replace(/[\s,;:.–-]+$/u, '')}…`;
}

function signed(text: string): string {
  return text.replace('-', '−');
}
