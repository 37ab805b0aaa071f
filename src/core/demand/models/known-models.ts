/** The published shape of a decoder-only transformer. */
export type ModelShape = {
  readonly id: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of the feed-forward block, of one expert where there are several. */
  readonly feedForward: number;
  /** Three matrices (SwiGLU, GeGLU) rather than two. */
  readonly gated: boolean;
  readonly vocab: number;
  /** The output matrix is the input embedding. */
  readonly tied: boolean;
  /** 1 for a dense model. */
  readonly experts: number;
  readonly expertsPerToken: number;
  /** Rows of a learned position table; 0 where positions are rotary or none. */
  readonly positions: number;
};

/**
 * id, layers, width, heads, key-value heads, head width, feed-forward width, g(ated) or p(lain),
 * vocabulary, t(ied) or u(ntied), experts, of them used for a token, learned positions.
 * Sources: config.json of each id on huggingface.co; the papers where they state the same: Llama
 * arXiv:2302.13971, 2307.09288, 2407.21783; Mistral 2310.06825; Mixtral 2401.04088; Qwen2.5
 * 2412.15115; Qwen3 2505.09388; Gemma 2403.08295, 2408.00118, 2503.19786; Phi 2309.05463,
 * 2404.14219; OPT 2205.01068; Pythia 2304.01373; GPT-NeoX 2204.06745; GPT-3 2005.14165.
 */
const TABLE = `
meta-llama/Llama-2-7b-hf         32  4096  32 32 128 11008 g 32000  u 1   1 0
meta-llama/Llama-2-13b-hf        40  5120  40 40 128 13824 g 32000  u 1   1 0
meta-llama/Llama-2-70b-hf        80  8192  64 8  128 28672 g 32000  u 1   1 0
meta-llama/Meta-Llama-3-8B       32  4096  32 8  128 14336 g 128256 u 1   1 0
meta-llama/Meta-Llama-3-70B      80  8192  64 8  128 28672 g 128256 u 1   1 0
meta-llama/Llama-3.1-8B          32  4096  32 8  128 14336 g 128256 u 1   1 0
meta-llama/Llama-3.1-70B         80  8192  64 8  128 28672 g 128256 u 1   1 0
meta-llama/Llama-3.1-405B        126 16384 128 8 128 53248 g 128256 u 1   1 0
meta-llama/Llama-3.2-1B          16  2048  32 8  64  8192  g 128256 t 1   1 0
meta-llama/Llama-3.2-3B          28  3072  24 8  128 8192  g 128256 t 1   1 0
meta-llama/Llama-3.3-70B         80  8192  64 8  128 28672 g 128256 u 1   1 0
huggyllama/llama-7b              32  4096  32 32 128 11008 g 32000  u 1   1 0
huggyllama/llama-13b             40  5120  40 40 128 13824 g 32000  u 1   1 0
huggyllama/llama-30b             60  6656  52 52 128 17920 g 32000  u 1   1 0
huggyllama/llama-65b             80  8192  64 64 128 22016 g 32000  u 1   1 0
TinyLlama/TinyLlama-1.1B         22  2048  32 4  64  5632  g 32000  u 1   1 0
mistralai/Mistral-7B-v0.1        32  4096  32 8  128 14336 g 32000  u 1   1 0
mistralai/Mistral-7B-v0.3        32  4096  32 8  128 14336 g 32768  u 1   1 0
mistralai/Mistral-Nemo-Base-2407 40  5120  32 8  128 14336 g 131072 u 1   1 0
mistralai/Mixtral-8x7B-v0.1      32  4096  32 8  128 14336 g 32000  u 8   2 0
mistralai/Mixtral-8x22B-v0.1     56  6144  48 8  128 16384 g 32768  u 8   2 0
Qwen/Qwen2.5-0.5B                24  896   14 2  64  4864  g 151936 t 1   1 0
Qwen/Qwen2.5-1.5B                28  1536  12 2  128 8960  g 151936 t 1   1 0
Qwen/Qwen2.5-3B                  36  2048  16 2  128 11008 g 151936 t 1   1 0
Qwen/Qwen2.5-7B                  28  3584  28 4  128 18944 g 152064 u 1   1 0
Qwen/Qwen2.5-14B                 48  5120  40 8  128 13824 g 152064 u 1   1 0
Qwen/Qwen2.5-32B                 64  5120  40 8  128 27648 g 152064 u 1   1 0
Qwen/Qwen2.5-72B                 80  8192  64 8  128 29568 g 152064 u 1   1 0
Qwen/Qwen3-0.6B                  28  1024  16 8  128 3072  g 151936 t 1   1 0
Qwen/Qwen3-1.7B                  28  2048  16 8  128 6144  g 151936 t 1   1 0
Qwen/Qwen3-4B                    36  2560  32 8  128 9728  g 151936 t 1   1 0
Qwen/Qwen3-8B                    36  4096  32 8  128 12288 g 151936 u 1   1 0
Qwen/Qwen3-14B                   40  5120  40 8  128 17408 g 151936 u 1   1 0
Qwen/Qwen3-32B                   64  5120  64 8  128 25600 g 151936 u 1   1 0
Qwen/Qwen3-30B-A3B               48  2048  32 4  128 768   g 151936 u 128 8 0
Qwen/Qwen3-235B-A22B             94  4096  64 4  128 1536  g 151936 u 128 8 0
google/gemma-2b                  18  2048  8  1  256 16384 g 256000 t 1   1 0
google/gemma-7b                  28  3072  16 16 256 24576 g 256000 t 1   1 0
google/gemma-2-2b                26  2304  8  4  256 9216  g 256000 t 1   1 0
google/gemma-2-9b                42  3584  16 8  256 14336 g 256000 t 1   1 0
google/gemma-2-27b               46  4608  32 16 128 36864 g 256000 t 1   1 0
google/gemma-3-1b-pt             26  1152  4  1  256 6912  g 262144 t 1   1 0
microsoft/phi-2                  32  2560  32 32 80  10240 p 51200  u 1   1 0
microsoft/Phi-3-mini-4k-instruct 32  3072  32 32 96  8192  g 32064  u 1   1 0
microsoft/phi-4                  40  5120  40 10 128 17920 g 100352 u 1   1 0
openai-community/gpt2            12  768   12 12 64  3072  p 50257  t 1   1 1024
openai-community/gpt2-medium     24  1024  16 16 64  4096  p 50257  t 1   1 1024
openai-community/gpt2-large      36  1280  20 20 64  5120  p 50257  t 1   1 1024
openai-community/gpt2-xl         48  1600  25 25 64  6400  p 50257  t 1   1 1024
facebook/opt-125m                12  768   12 12 64  3072  p 50272  t 1   1 2050
facebook/opt-1.3b                24  2048  32 32 64  8192  p 50272  t 1   1 2050
facebook/opt-2.7b                32  2560  32 32 80  10240 p 50272  t 1   1 2050
facebook/opt-6.7b                32  4096  32 32 128 16384 p 50272  t 1   1 2050
facebook/opt-13b                 40  5120  40 40 128 20480 p 50272  t 1   1 2050
facebook/opt-30b                 48  7168  56 56 128 28672 p 50272  t 1   1 2050
facebook/opt-66b                 64  9216  72 72 128 36864 p 50272  t 1   1 2050
EleutherAI/pythia-410m           24  1024  16 16 64  4096  p 50304  u 1   1 0
EleutherAI/pythia-1b             16  2048  8  8  256 8192  p 50304  u 1   1 0
EleutherAI/pythia-1.4b           24  2048  16 16 128 8192  p 50304  u 1   1 0
EleutherAI/pythia-2.8b           32  2560  32 32 80  10240 p 50304  u 1   1 0
EleutherAI/pythia-6.9b           32  4096  32 32 128 16384 p 50432  u 1   1 0
EleutherAI/pythia-12b            36  5120  40 40 128 20480 p 50688  u 1   1 0
EleutherAI/gpt-neox-20b          44  6144  64 64 96  24576 p 50432  u 1   1 0
bigscience/bloom-7b1             30  4096  32 32 128 16384 p 250880 t 1   1 0
bigscience/bloom                 70  14336 112 112 128 57344 p 250880 t 1  1 0
`;

let shapesById: ReadonlyMap<string, ModelShape> | undefined;

/** Every model of the table by its id; read from the text when first asked for. */
export function knownModels(): ReadonlyMap<string, ModelShape> {
  shapesById ??= new Map(
    TABLE.trim()
      .split('\n')
      .map((line) => readRow(line.split(/ +/)))
      .map((shape) => [shape.id, shape]),
  );
  return shapesById;
}

/**
 * The model that an id names. Case does not matter, nor the owner (a copy under another name has
 * the same shape), nor the endings of a tuned release (`-Instruct`, `-chat-hf`, `-it`), whose shape
 * is its base's. Undefined for one that the table does not have.
 */
export function findModel(id: string): ModelShape | undefined {
  const known = knownModels();
  shapesByFolded ??= new Map([...known].map(([name, shape]) => [folded(name), shape]));
  return known.get(id) ?? shapesByFolded.get(folded(id));
}

let shapesByFolded: ReadonlyMap<string, ModelShape> | undefined;

/** What of an id tells the shape: `meta-llama/Meta-Llama-3-8B-Instruct` → `llama-3-8b`. */
function folded(id: string): string {
  return id
    .slice(0, 128)
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^meta-/, '')
    .replace(/(-hf|-base|-instruct|-chat|-it|-pt|-deduped|-v\d\.\d|-\d{4})+$/, '');
}

function readRow(cells: readonly string[]): ModelShape {
  const at = (column: number): number => Number(cells[column]);
  return {
    id: cells[0]!,
    layers: at(1),
    hidden: at(2),
    heads: at(3),
    kvHeads: at(4),
    headDim: at(5),
    feedForward: at(6),
    gated: cells[7] === 'g',
    vocab: at(8),
    tied: cells[9] === 't',
    experts: at(10),
    expertsPerToken: at(11),
    positions: at(12),
  };
}
