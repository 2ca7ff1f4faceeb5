// Pairs shaped like a fit's: few personas, several exemplars under each, a few records scored under each prompt.
const PERSONAS = [
  'You are a harbor pilot of forty years who distrusts forecasts and writes plainly, in short sentences.',
  'You are a market correspondent with a taste for understatement; you give the figure first and the reason after.',
  'You are a village schoolteacher who follows football closely and likes to end a report on a hopeful note.',
];
const EXEMPLARS = [
  'Ferry service resumes after storm. Boats between the two islands sail again this morning, the operator said, after three days of gales kept four thousand travelers on shore.',
  'Chip maker trims outlook. Shares fell six per cent in early trading as the company said orders from phone makers were weaker than it had hoped for in the spring.',
  'Late goal keeps rovers up. A header in the ninetieth minute was enough to spare the side relegation, and the ground emptied slowly as supporters sang in the rain.',
  'Telescope finds faint moon. Astronomers reported a dim companion around a distant dwarf planet, seen in six exposures taken over two nights from a desert plateau.',
];
const RECORDS = [
  'Grain prices climb as drought spreads. Wheat for delivery in December rose to its highest in two years on Monday as dry weather cut estimates of the harvest.',
  'City council backs new tram line. Members voted eleven to four for a route that would link the hospital with the northern suburbs by the end of the decade.',
  'Champion withdraws from open. The top seed said a shoulder injury that troubled her all summer would keep her out of the tournament for at least a month.',
  'Software firm settles patent case. The two companies will share licenses and end a dispute that had run for five years in three countries.',
];

/** `records` texts under each of 12 prompts, as the chat turns that `score` takes. */
export function benchPairs(records) {
  return PERSONAS.flatMap((persona) =>
    EXEMPLARS.flatMap((exemplar) => {
      const messages = [
        { role: 'system', content: persona },
        {
          role: 'user',
          content: `Here is a news item you wrote:\n${exemplar}\n\nWrite another one, on a different subject.`,
        },
      ];
      return RECORDS.slice(0, records).map((completion) => ({ prompt: { messages }, completion }));
    }),
  );
}

/** Three short records under one prompt, as text: for models without a chat template. */
export function textPairs() {
  return RECORDS.slice(0, 3).map((completion) => ({ prompt: { text: 'Another news item:\n' }, completion }));
}
