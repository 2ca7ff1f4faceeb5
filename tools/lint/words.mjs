// The word list of the prose check: plain, American, present-day English (CONTRIBUTING.md, "Plain English").

/** Words that end like a British verb in -ise and are spelled so everywhere. */
const ALWAYS_S =
  /^(?:(?:ex|en|o|su|p|ap|ad|re|im|com|de|dis|ar|sup)?(?:r|pr|tr|cr|br)ais(?:e[drs]?|ing)|.*(?:wise|noise[ds]?|noisy|poise[ds]?)|(?:a|up)?ris(?:e[rs]?|ing)|(?:dis|ex|ad|im|com|tele|super|re|de|pre)?(?:gui|erci|verti|provi|pri|pro?mi|vi|ci)s(?:e[drs]?|ing|able)|compris(?:e[ds]?|ing)|compromis(?:e[ds]?|ing)|surpris(?:e[ds]?|ing|ingly)|exercis(?:e[drs]?|ing)|improvis(?:e[ds]?|ing|ation)|premis(?:e[ds]?)|promis(?:e[ds]?|ing)|precise|concise|enterprise|expertise|paradise|treatise|merchandise|franchise|revis(?:e[ds]?|ing)|devis(?:e[ds]?|ing)|supervis(?:e[ds]?|ing)|televis(?:e[ds]?|ing)|advis(?:e[drs]?|ing|able)|advertis(?:e[drs]?|ing)|cruis(?:e[drs]?|ing)|bruis(?:e[ds]?|ing)|disguis(?:e[ds]?|ing)|prais(?:e[ds]?|ing)|rais(?:e[drs]?|ing)|wiser?|rais(?:er|able)|miser|anise|demise|guise|incis(?:e[ds]?|ing)|excis(?:e[ds]?|ing)|chastise|disable|circumcise|noising|denoising|poising|mayonnaise|valise|reprise|louise|elise|denise|marquise)$/i;

const STEMS = [
  ['analyse', /^(?:re)?analys(?:e[drs]?|ing)$|^paralys(?:e[ds]?|ing)$|^catalys(?:e[ds]?|ing)$/i, 'analyze'],
  [
    '-our',
    /^(?:un|dis|mis)?(?:behaviou|colou|favou|honou|labou|neighbou|rumou|flavou|harbou|humou|vapou|endeavou|saviou|armou|vigou|rigou)r/i,
    '-or',
  ],
  [
    '-re',
    /^(?:un|de|re|epi)?(?:centre[ds]?|centring)$|^(?:theatre|fibre|metre|litre|calibre|sabre|spectre)s?$/i,
    '-er',
  ],
  [
    '-ll-',
    /^(?:un|re|mis)?(?:label|model|travel|signal|level|total|fuel|tunnel|channel|cancel|counsel|spiral|marshal|equal|rival|initial|jewel|dial)l(?:ed|ing|ers?)$/i,
    'one l',
  ],
  ['grey', /^grey/i, 'gray'],
  ['artefact', /^artefacts?$/i, 'artifact'],
  ['judgement', /^(?:judge|acknowledge)ments?$/i, 'judgment'],
  ['-t', /^(?:learnt|spelt|burnt|dreamt|leapt|whilst|amongst)$/i, 'learned, while, among …'],
  ['licence', /^(?:licence|defence|offence|pretence)s?$/i, '-ense'],
  ['dependant', /^dependants?$/i, 'dependent'],
  ['catalogue', /^(?:catalogue|programme)[ds]?$/i, 'catalog, program'],
  ['fulfil', /^(?:fulfil|enrol|instal|skilful|wilful|fulfils|fulfilment)$/i, 'double l'],
  ['sceptic', /^sceptic|^mould|^plough|^ageing$|^cheque|^practis(?:e[ds]?|ing)$/i, 'American form'],
];
const VERB = /(?:[a-z]{2}|[A-Z]{2})[iy]s(?:e[ds]?|er|ers|ing|ations?|able)$/i;

/**
 * Says how a word is British, if it is.
 * @returns {string | undefined} advice
 */
export function britishAdvice(word) {
  for (const [, pattern, advice] of STEMS) if (pattern.test(word)) return advice;
  if (/[aeiou]{2}s(?:e[drs]?|ing)$/i.test(word) || !/is(?:e[ds]?|ers?|ing|ations?|able)$/i.test(word)) return undefined;
  return VERB.test(word) && word.length > 5 && !ALWAYS_S.test(word)
    ? word.replace(/is(?=(?:e[ds]?|ers?|ing|ations?|able)$)/i, 'iz')
    : undefined;
}

/** Old or private words and phrases, each with the plain one; `in` limits a rule to comments and pages, or to identifiers. */
export const PHRASES = [
  { pattern: /\bshorts\b/i, say: 'int16', anywhere: true },
  { pattern: /\bpatients?\b(?! with)/i, say: 'server under test', anywhere: true },
  {
    pattern:
      /\b(?:nats|rows?|bytes?|seconds|milliseconds|tokens?|passes|pass|files?|pairs?|texts?|numbers?|records?|columns?|lines?|scores?|draws?|bits?|page|ms|[kMG]B|µs|one|entry|value|vector|curve|prompt|call|request) an? (?:text|record|row|pair|token|file|step|slot|cell|epoch|pass|persona|exemplar|cluster|sample|package|seed|side|metric|figure|class|request|prompt|column|curve|dimension|draw|vector|batch|line|word|call|stage|run|method|number|entry|thread|model|score|target|block|gate|sequence|question|piece|value|rule|place)s?\b(?! at a time)/i,
    say: '"per", not "a"',
  },
  { pattern: /\b(?:drawn|kept|made|given|drawn|read|asked) besides\b|\bbesides[,.;]/i, say: 'also' },
  { pattern: /\bthe same command goes on\b/i, say: 'rerun the command to resume' },
  { pattern: /\bgoes on (?:from|where|with)\b|\bgo on (?:from|where)\b/i, say: 'continues, resumes' },
  { pattern: /\bnobody can tell\b/i, say: 'cannot infer' },
  { pattern: /\btaken and released all the time\b/i, say: 'could not be locked after N attempts' },
  { pattern: /\bshares? the numbers behind\b/i, say: 'use common random numbers' },
  { pattern: /\bfitted − it\b/, say: 'gain of the fitted gate' },
  { pattern: /\banother one that\b|\bthe one that those\b/i, say: 'name the thing' },
  { pattern: /\bfor who(?:ever)? (?:needs|wants|asks)\b|\bwho (?:wants|needs) (?:it|one|to)\b/i, say: 'needed to …' },
  { pattern: /\bwhat one of the\b/i, say: 'name the thing' },
  {
    pattern:
      /\b(?:whereof|thereof|wherein|whereby|thereby|hereby|therein|thereupon|lest|albeit|ere|unto|betwixt|nought|naught|heretofore|hitherto|whence|thence|hence|upon|save for|oneself|henceforth|forthwith|aforesaid)\b/i,
    say: 'a word of today: in which, so, on, except for …',
  },
  { pattern: /\b(?:is|are|was|were|be) (?:to be )?(?:had|got) (?:from|by)\b/i, say: 'comes from' },
  {
    pattern: /\b(?:is|are) (?:made|done|drawn|read|computed|written|asked|sent|built|counted) again\b/i,
    say: 're…, repeated',
  },
  { pattern: /\bof (?:Node|npm|Python|ONNX|Jest)'s\b/, say: 'a Node module' },
  {
    pattern: /\b(?:by and by|now and then|ever so|not a few|a good many|at the hands of|in the open|of a kind)\b/i,
    say: 'a plainer phrase',
  },
  { pattern: /\bhas (?:not )?to do with\b/i, say: 'concerns' },
  { pattern: /\bhangs? on\b/i, say: 'depends on' },
];

/** Docstrings start with a noun or a verb. */
export const DOCSTRING_START = /^(?:What|Where|How|Who|Whose|Why)\b/;
