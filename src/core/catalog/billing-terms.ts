/** How a provider rounds hired time, in seconds. */
export type BillingTerms = { readonly incrementS: number; readonly minimumS: number };

/** Where no terms are known: by the second, without a minimum. */
const BY_THE_SECOND: BillingTerms = { incrementS: 1, minimumS: 0 };

/**
 * The providers' published terms for machines on demand and spot; page names as of 2026.
 * A bare-metal machine of Oracle's has a minimum of its own, see `billingTerms`.
 */
const TERMS: Readonly<Record<string, BillingTerms>> = {
  // "Amazon EC2 On-Demand Pricing": Linux by the second, at least 60 s.
  aws: { incrementS: 1, minimumS: 60 },
  // "Virtual Machines pricing": compute capacity by the second.
  azure: BY_THE_SECOND,
  // "VM instance pricing": by the second, at least one minute.
  gcp: { incrementS: 1, minimumS: 60 },
  // "Oracle Cloud price list", compute: by the second, at least a minute.
  oci: { incrementS: 1, minimumS: 60 },
  // "Billing", docs.lambda.ai: by the minute.
  lambda: { incrementS: 60, minimumS: 60 },
  // "Pricing and billing", docs.verda.com: blocks of ten minutes.
  verda: { incrementS: 600, minimumS: 600 },
  // "Cloud billing FAQ", docs.hetzner.com: every started hour.
  hetzner: { incrementS: 3600, minimumS: 3600 },
  // "Instances FAQ", scaleway.com/docs: machines without a device by the hour.
  scaleway: { incrementS: 3600, minimumS: 3600 },
};

/** Source: "Oracle Cloud price list": bare metal is billed for one hour at least. */
const OCI_BARE_METAL: BillingTerms = { incrementS: 1, minimumS: 3600 };
/** Source: "Instances FAQ", scaleway.com/docs: machines with a GPU by the minute. */
const SCALEWAY_GPU: BillingTerms = { incrementS: 60, minimumS: 60 };

/** The billing increment and minimum, in seconds, of one machine of a provider's. */
export function billingTerms(machine: {
  readonly provider: string;
  readonly instance: string | null;
  readonly accelerator: string | null;
}): BillingTerms {
  const { provider } = machine;
  if (provider === 'oci' && machine.instance?.startsWith('BM.')) return OCI_BARE_METAL;
  if (provider === 'scaleway' && machine.accelerator !== null) return SCALEWAY_GPU;
  return (Object.hasOwn(TERMS, provider) ? TERMS[provider] : undefined) ?? BY_THE_SECOND;
}
