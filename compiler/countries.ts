// The country codes of ISO 3166-1, and the time zones of each country.

const codes = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`;

export const countries: readonly string[] = codes.trim().split(/\s+/);

/** Countries whose weekend is not Saturday and Sunday; 1 is Monday. As CLDR 44 has them, so that it is the same everywhere. */
const weekends: readonly (readonly [days: readonly number[], countries: string])[] = [
  [[4, 5], "AF"],
  [[5], "IR"],
  [[7], "IN UG"],
  [[5, 6], "BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE"],
];

/** The days on which a country does not work; null: of no known country. 1 is Monday. */
export function weekendOf(country: string | null): readonly number[] {
  const found = weekends.find(([, of]) => country !== null && of.split(" ").includes(country));
  return found ? found[0] : [6, 7];
}

/** As the platform's data has them. */
export function zonesOfCountry(country: string): readonly string[] {
  // Newer platforms have a method, older ones a property, and the types know neither.
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    readonly timeZones?: readonly string[];
    getTimeZones?(): readonly string[] | undefined;
  };
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

/** The country to which a time zone belongs; null for zones of no country, such as UTC, and for names the platform has under another. */
export function countryOf(zone: string): string | null {
  return countries.find((country) => zonesOfCountry(country).includes(zone)) ?? null;
}
