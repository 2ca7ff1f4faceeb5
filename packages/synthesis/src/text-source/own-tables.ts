import type { Attribute } from './attributes.js';

/** Values of an attribute, with `; ` between them: for every class, or each class's own. */
type Table = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const NEWS: readonly Attribute[] = attributes({
  style:
    'a wire report of bare facts; background that explains causes; a portrait of one person; a market note; a look ahead',
  location: 'Brazil; Canada; China; Egypt; France; India; Japan; Kenya; Mexico; Russia; Spain; the United States',
  subject: {
    World: 'elections; border disputes; peace talks; floods and earthquakes; refugees; a trial of a leader; sanctions',
    Sports: 'a cup final; a transfer; an injured captain; a doping case; Olympic trials; a record run; a sacked coach',
    Business:
      'quarterly profits; a takeover; oil prices; interest rates; job cuts; an accounting inquiry; an airline in debt',
    'Sci/Tech':
      'a browser flaw; a space probe; a new chip; file sharing in court; fossils; mobile phones; a search engine',
  },
});

const FILMS: readonly Attribute[] = attributes({
  genre: 'comedy; thriller; family drama; horror; science fiction; documentary; animation; romance; war film',
  style: 'dry and short; addressed to a friend; comparing it with older films; angry or delighted; careful and even',
  subject: {
    positive: 'the acting; the dialogue; the photography; an ending that surprises; the music; its warmth; its pace',
    negative:
      'a thin plot; wooden acting; jokes that fall flat; its length; a predictable ending; cheap effects; noise',
  },
});

const RESTAURANTS: readonly Attribute[] = attributes({
  cuisine: 'Italian; Thai; Mexican; Indian; a diner; sushi; barbecue; Lebanese; French; Vietnamese; a bakery',
  style: 'a story of one evening; a list of dishes; by a regular guest; short and blunt; full of exclamations',
  subject: {
    positive: 'the service; one dish above all; the price; the terrace; how fast it was; the owner; the portions',
    negative: 'a long wait; cold food; the bill; a rude waiter; dirt; the noise; a wrong order',
  },
});

const TABLES: Readonly<Record<string, readonly Attribute[]>> = {
  'ag-news': NEWS,
  'sst-2': FILMS,
  imdb: FILMS,
  yelp: RESTAURANTS,
};

/** The attribute tables that come with this package, by the name of a template; undefined where there are none. */
export function ownAttributes(templateName: string): readonly Attribute[] | undefined {
  return TABLES[templateName];
}

function attributes(table: Table): Attribute[] {
  const list = (values: string): readonly string[] => values.split('; ');
  const own = Object.entries(table).map(([name, values]) => {
    if (typeof values === 'string') return { name, values: list(values) };
    return { name, values: Object.fromEntries(Object.entries(values).map(([label, each]) => [label, list(each)])) };
  });
  return [{ name: 'length', values: ['20', '60'] }, ...own];
}
