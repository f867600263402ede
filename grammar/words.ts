// The words of the language, in the classes of LANGUAGE.md §2: which of them can still be names.

const split = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Never a name or a value. */
export const reserved = split(`
  and or not in is where then otherwise when if until with as to from of for by on within between before after since ever
  including followed exactly more fewer has been changed contains starts ends matches known unknown field yes no ago now
  today yesterday tomorrow key exact up adds subtracts halves means plural send wait split set add remove hand call continue
  go stop only enter hold exit given expect use`);

/** Names of events where an event is meant, and words of the grammar elsewhere. */
export const eventWords = split("sent unsubscribed");

/** Fields, properties, enum values, stages, arms and variants may be called so; declared things may not. */
export const contextual = split(`
  project language time zone currency first weekday sender postal address seed holidays contact company event derived list
  load vocabulary topic policy segment score funnel email webhook team program report test renamed removed step
  text number money percent date datetime timezone country url boolean duration one
  csv parquet json delimiter header encoding rows refresh every id column opt out
  quiet local weekdays sending at most emails per second total never ambiguous reconcile resend
  sample subscribed machines any all regex anniversary stage count distinct sum average lowest highest last least times same
  start this next quarter forward moves subject body reply preview attach skip caps words variant transactional
  once again goal target edits follow pin failure closes why owner experiment arm winner open click rate needs off
  subscribe unsubscribe suppress show offs people mail refused fails held gets enters ejected forgotten pause resume
  were was handed saying got left reached than the`);

export const weekdays = split("monday tuesday wednesday thursday friday saturday sunday");

/** Units that the grammar also uses as keywords (`per hour`, `every day`, `last week`). */
export const keyUnits = split("minute hour hours day week month year");
export const longUnits = split("minutes days weeks months years");

/** ISO 4217 codes in use; a closed set, so that a currency never swallows the next word. */
export const currencies = split(`
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
  COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
  IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
  MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
  SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG
  XOF XPF YER ZAR ZMW ZWG`);

const isoUnits: ReadonlyMap<string, "min" | "h" | "d" | "w" | "mo" | "y"> = new Map(
  Object.entries({
    minute: "min",
    hour: "h",
    day: "d",
    week: "w",
    month: "mo",
    year: "y",
  }),
);

/** The unit that a long form stands for: `days` is `d`; null for any other word. */
export function unitOf(word: string): "min" | "h" | "d" | "w" | "mo" | "y" | null {
  return isoUnits.get(word.replace(/s$/, "")) ?? null;
}
