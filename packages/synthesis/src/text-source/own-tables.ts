import type { Attribute } from './attributes.js';

const LENGTHS: Attribute = { name: 'length', values: ['20', '60'] };

const NEWS: readonly Attribute[] = [
  LENGTHS,
  {
    name: 'style',
    values: list(
      'a wire report of bare facts; background that explains causes; a portrait of one person; a market note; a look ahead',
    ),
  },
  {
    name: 'location',
    values: list('Brazil; Canada; China; Egypt; France; India; Japan; Kenya; Mexico; Russia; Spain; the United States'),
  },
  {
    name: 'subject',
    values: {
      World: list(
        'elections; border disputes; peace talks; floods and earthquakes; refugees; a trial of a leader; sanctions',
      ),
      Sports: list(
        'a cup final; a transfer; an injured captain; a doping case; Olympic trials; a record run; a sacked coach',
      ),
      Business: list(
        'quarterly profits; a takeover; oil prices; interest rates; job cuts; an accounting inquiry; an airline in debt',
      ),
      'Sci/Tech': list(
        'a browser flaw; a space probe; a new chip; file sharing in court; fossils; mobile phones; a search engine',
      ),
    },
  },
];

const FILMS: readonly Attribute[] = [
  LENGTHS,
  {
    name: 'genre',
    values: list('comedy; thriller; family drama; horror; science fiction; documentary; animation; romance; war film'),
  },
  {
    name: 'style',
    values: list(
      'dry and short; addressed to a friend; comparing it with older films; angry or delighted; careful and even',
    ),
  },
  {
    name: 'subject',
    values: {
      positive: list(
        'the acting; the dialogue; the photography; an ending that surprises; the music; its warmth; its pace',
      ),
      negative: list(
        'a thin plot; wooden acting; jokes that fall flat; its length; a predictable ending; cheap effects; noise',
      ),
    },
  },
];

const RESTAURANTS: readonly Attribute[] = [
  LENGTHS,
  {
    name: 'cuisine',
    values: list('Italian; Thai; Mexican; Indian; a diner; sushi; barbecue; Lebanese; French; Vietnamese; a bakery'),
  },
  {
    name: 'style',
    values: list('a story of one evening; a list of dishes; by a regular guest; short and blunt; full of exclamations'),
  },
  {
    name: 'subject',
    values: {
      positive: list(
        'the service; one dish above all; the price; the terrace; how fast it was; the owner; the portions',
      ),
      negative: list('a long wait; cold food; the bill; a rude waiter; dirt; the noise; a wrong order'),
    },
  },
];

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

function list(values: string): readonly string[] {
  return values.split('; ');
}
