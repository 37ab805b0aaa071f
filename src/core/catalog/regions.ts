/** Where a machine stands, as far as its provider tells. */
export type Jurisdiction = {
  /** ISO 3166-1 alpha-2 code of the country; null when unknown or one of several. */
  readonly country: string | null;
  /** The country's own code and the unions it belongs to: `EU`, `EEA`, `UK`; empty if unknown. */
  readonly blocs: readonly string[];
};

const UNKNOWN: Jurisdiction = { country: null, blocs: [] };

// Source: European Union, "EU countries" (27 members); EFTA, "EEA Agreement" (with IS, LI, NO).
const EU = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);
const EEA_ONLY = new Set(['IS', 'LI', 'NO']);

type Regions = {
  /**
   * A country in each line, then its regions. `us-*` speaks for every region that begins so; a
   * region named in full wins. Sources: the providers' own lists of regions.
   */
  readonly countries?: string;
  /** Region names are, or begin with, an ISO country code (`us-texas`, `nl`). */
  readonly byCode?: true;
  /** Regions known to lie in a union without their country being told. */
  readonly unions?: Readonly<Record<string, readonly string[]>>;
};

const REGIONS: Readonly<Record<string, Regions>> = {
  // "Regions and Availability Zones", docs.aws.amazon.com.
  aws: {
    countries: `
      AE me-central-1
      AU ap-southeast-2 ap-southeast-4
      BH me-south-1
      BR sa-*
      CA ca-*
      CH eu-central-2
      CN cn-*
      DE eu-central-1
      ES eu-south-2
      FR eu-west-3
      GB eu-west-2
      HK ap-east-1
      ID ap-southeast-3
      IE eu-west-1
      IL il-*
      IN ap-south-1 ap-south-2
      IT eu-south-1
      JP ap-northeast-1 ap-northeast-3
      KR ap-northeast-2
      MX mx-*
      MY ap-southeast-5
      NZ ap-southeast-6
      SE eu-north-1
      SG ap-southeast-1
      TH ap-southeast-7
      TW ap-east-2
      US us-*
      ZA af-south-1`,
  },
  // "Azure geographies", azure.microsoft.com.
  azure: {
    countries: `
      AE uae*
      AT austria*
      AU australia*
      BR brazil*
      CA canada*
      CH switzerland*
      CL chile*
      CN china*
      DE germany*
      ES spain*
      FR france*
      GB uk*
      HK eastasia
      ID indonesia*
      IE northeurope
      IL israel*
      IN centralindia southindia westindia jioindia*
      IT italy*
      JP japan*
      KR korea*
      MX mexico*
      MY malaysia*
      NL westeurope
      NO norway*
      NZ newzealand*
      PL poland*
      QA qatar*
      SE sweden*
      SG southeastasia
      US eastus* westus* centralus northcentralus southcentralus westcentralus
      ZA southafrica*`,
  },
  // "Regions and zones", cloud.google.com/compute/docs.
  gcp: {
    countries: `
      AU australia-*
      BE europe-west1
      BR southamerica-east1
      CA northamerica-northeast*
      CH europe-west6
      CL southamerica-west1
      DE europe-west3 europe-west10
      ES europe-southwest1
      FI europe-north1
      FR europe-west9
      GB europe-west2
      HK asia-east2
      ID asia-southeast2
      IL me-west1
      IN asia-south1 asia-south2
      IT europe-west8 europe-west12
      JP asia-northeast1 asia-northeast2
      KR asia-northeast3
      MX northamerica-south1
      NL europe-west4
      PL europe-central2
      QA me-central1
      SA me-central2
      SE europe-north2
      SG asia-southeast1
      TH asia-southeast3
      TW asia-east1
      US us-*
      ZA africa-south1`,
  },
  // "Regions and zones", alibabacloud.com. Hong Kong is a jurisdiction of its own.
  alibaba: {
    countries: `
      AE me-east-1
      CN cn-*
      DE eu-central-1
      GB eu-west-1
      HK cn-hongkong
      ID ap-southeast-5
      JP ap-northeast-1
      KR ap-northeast-2
      MY ap-southeast-3
      PH ap-southeast-6
      SG ap-southeast-1
      TH ap-southeast-7
      US us-*`,
  },
  lambda: {
    countries: `
      AU australia-east-1
      DE europe-central-1
      IL me-west-1
      IN asia-south-1
      IT europe-south-1
      JP asia-northeast-*
      US us-*`,
  },
  nebius: {
    countries: `
      FI eu-north1
      FR eu-west1
      GB uk-south1
      IL me-west1
      IS eu-north2
      US us-central1`,
  },
  verda: { countries: 'FI FIN-*\nIS ICE-*' },
  hyperstack: { countries: 'CA CANADA-1\nNO NORWAY-1\nUS US-1' },
  scaleway: { countries: 'FR fr-*\nNL nl-*\nPL pl-*' },
  stackit: { countries: 'DE eu-de' },
  gcore: { countries: 'LU lu-lux' },
  infomaniak: { countries: 'CH ch-gva' },
  ionos: { byCode: true },
  leafcloud: { byCode: true },
  vast: { byCode: true },
  e2e: { byCode: true },
  // Hetzner's data centres for this price list are in Germany and Finland; those of Contabo's
  // region "European Union" and of NETWAYS in Germany; those of Safespring in Sweden and Norway.
  // The region `eu` of other lists may hold London or Geneva, so it proves nothing.
  hetzner: { unions: { eu: ['EU', 'EEA'] } },
  contabo: { unions: { eu: ['EU', 'EEA'] } },
  nws: { unions: { eu: ['EU', 'EEA'] } },
  safespring: { unions: { eu: ['EEA'] } },
};

const known = new Map<string, Jurisdiction>();

/**
 * The country and unions of a provider's region; unknown is `{country: null, blocs: []}`, which
 * satisfies no residency.
 */
export function jurisdictionOf(provider: string, region: string | null): Jurisdiction {
  if (region === null || !Object.hasOwn(REGIONS, provider)) return UNKNOWN;
  // Asked once for each of some ten thousand offers, which stand in some hundred regions.
  const key = `${provider}/${region}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = lookUp(REGIONS[provider]!, region);
  known.set(key, found);
  return found;
}

function lookUp(regions: Regions, region: string): Jurisdiction {
  const { unions = {} } = regions;
  if (Object.hasOwn(unions, region)) return { country: null, blocs: unions[region]! };
  const country = countryOf(regions, region);
  return country === null ? UNKNOWN : { country, blocs: blocsOf(country) };
}

function countryOf({ countries = '', byCode }: Regions, region: string): string | null {
  if (byCode) return /^[a-z]{2}(?=-|$)/.exec(region)?.[0].toUpperCase() ?? null;
  let byPrefix: string | null = null;
  for (const line of countries.trim().split('\n')) {
    const [country, ...names] = line.trim().split(' ');
    if (names.includes(region)) return country!;
    if (names.some((name) => name.endsWith('*') && region.startsWith(name.slice(0, -1))))
      byPrefix ??= country!;
  }
  return byPrefix;
}

function blocsOf(country: string): readonly string[] {
  const blocs = [country];
  if (country === 'GB') blocs.push('UK');
  if (EU.has(country)) blocs.push('EU', 'EEA');
  if (EEA_ONLY.has(country)) blocs.push('EEA');
  return blocs;
}
