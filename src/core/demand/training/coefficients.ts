/** What physics does not give of a training step; see `TRAINING_PRIORS` for units and sources. */
export type TrainingCoefficients = {
  /** Of the achievable-matmul ceiling: what wide products reach within a step. */
  readonly products: number;
  /** Of the traffic of a product's operands and result, what is not hidden behind its arithmetic. */
  readonly traffic: number;
  /** Of the 16-bit peak: what fused attention reaches. */
  readonly attention: number;
  /** Of the bytes that the operations between products read and write. */
  readonly elementwise: number;
  /** Seconds of a layer, forward and backward, that kernels take whatever their size. */
  readonly launch: number;
  /** The same of a layer with experts. */
  readonly routedLaunch: number;
  /** Of a link's and of a network's rate: what collectives reach. */
  readonly link: number;
  readonly network: number;
  /** Of tensor-parallel and of expert-parallel exchanges: what nothing hides. */
  readonly tensorExposed: number;
  readonly expertExposed: number;
  /** Of the arithmetic: behind how much of it gathers and reductions of weights hide. */
  readonly overlap: number;
  /** Of the products of experts against wide ones: grouped kernels, uneven loads. */
  readonly experts: number;
  /** Of the time of a step, lost for each doubling of the machines: stragglers, jitter. */
  readonly scale: number;
  /** Of the bytes of a narrow format's operands: scales, casts, transposes. */
  readonly casts: number;
  /** Hours of a whole run over those of its steps. */
  readonly run: number;
};
