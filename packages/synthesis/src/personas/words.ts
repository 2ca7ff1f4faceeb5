/** Function words that say nothing of a topic; English, our own short list. Persona sentences of other languages lose nothing by it. */
const COMMON = new Set(
  (
    'a about after again all also am an and any are as at be because been before being but by can could did do does for from get ' +
    'go got had has have he her here him his how i if in into is it its just like made make many may me more most much my new no not now ' +
    'of off on one only or other our out over own said say says she should so some such than that the their them then there these they ' +
    'this those to too two up us very was we well were what when where which while who will with would you your year years ' +
    'across against although among between both during each either ever every having however might must neither nor ought per shall since ' +
    'still therefore through thus together toward towards under unless until upon whether whom whose within without yet ' +
    "don't didn't it's i'm i've can't isn't wasn't"
  ).split(' '),
);

/** Words of a text in order, lower case: runs of letters, digits and inner apostrophes, of any script. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
}

/** Words that can say what a text is about: at least three letters, no number, no function word. */
export function topicWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length >= 3 && !/\p{N}/u.test(word) && !COMMON.has(word));
}

/** Length of the longest run of words that two lists share, by dynamic programming over one row: O(|a| |b|) time, O(|b|) memory. */
export function longestSharedRun(a: readonly string[], b: readonly string[]): number {
  let longest = 0;
  let before = new Int32Array(b.length + 1);
  for (const word of a) {
    const now = new Int32Array(b.length + 1);
    for (let j = 0; j < b.length; j++) {
      if (b[j] !== word) continue;
      const run = (before[j] ?? 0) + 1;
      now[j + 1] = run;
      if (run > longest) longest = run;
    }
    before = now;
  }
  return longest;
}
