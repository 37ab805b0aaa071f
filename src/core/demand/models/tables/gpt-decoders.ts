import { type ModelRow, readTable } from './read-table.ts';

/**
 * Decoders of GPT's kind: layer norms, plain blocks. OPT-350m has embeddings of half its width and
 * positions of the whole (counted as twice the rows), and a matrix before and after its layers.
 * Sources: config.json of each id on huggingface.co; GPT-3 arXiv:2005.14165, table 2.1 (1.3B
 * with 16 heads of 128, as its width asks for); Megatron arXiv:2104.04473, table 1, and
 * 2205.05198, table 3; MT-NLG 2201.11990; OPT 2205.01068; GPT-NeoX 2204.06745; Pythia 2304.01373;
 * BLOOM 2211.05100; Falcon 2311.16867; StarCoder 2305.06161, 2402.19173; Phi 2309.05463; Nemotron-4
 * 2402.16819, 2406.11704; MPT: github.com/mosaicml/llm-foundry, scripts/train/benchmarking.
 */
export const gptDecoders = (): ModelRow[] => [
  ...readTable(
    `
openai-community/gpt2            12  768   12  12  64  3072   p 50257  t positions=1024
openai-community/gpt2-medium     24  1024  16  16  64  4096   p 50257  t positions=1024
openai-community/gpt2-large      36  1280  20  20  64  5120   p 50257  t positions=1024
openai-community/gpt2-xl         48  1600  25  25  64  6400   p 50257  t positions=1024
openai/gpt-3-125m                12  768   12  12  64  3072   p 50257  t positions=2048
openai/gpt-3-350m                24  1024  16  16  64  4096   p 50257  t positions=2048
openai/gpt-3-760m                24  1536  16  16  96  6144   p 50257  t positions=2048
openai/gpt-3-1.3b                24  2048  16  16  128 8192   p 50257  t positions=2048
openai/gpt-3-2.7b                32  2560  32  32  80  10240  p 50257  t positions=2048
openai/gpt-3-6.7b                32  4096  32  32  128 16384  p 50257  t positions=2048
openai/gpt-3-13b                 40  5140  40  40  128 20560  p 50257  t positions=2048
openai/gpt-3-175b                96  12288 96  96  128 49152  p 50257  t positions=2048
nvidia/gpt-350m                  24  1024  16  16  64  4096   p 51200  t positions=2048
nvidia/gpt-1.3b                  24  2048  32  32  64  8192   p 51200  t positions=2048
nvidia/gpt-1.7b                  24  2304  24  24  96  9216   p 51200  t positions=2048
nvidia/gpt-3.6b                  30  3072  32  32  96  12288  p 51200  t positions=2048
nvidia/gpt-6.7b                  32  4096  32  32  128 16384  p 51200  t positions=2048
nvidia/gpt-7.5b                  36  4096  32  32  128 16384  p 51200  t positions=2048
nvidia/gpt-18.4b                 40  6144  48  48  128 24576  p 51200  t positions=2048
nvidia/gpt-20b                   44  6144  48  48  128 24576  p 51200  t positions=2048
nvidia/gpt-22b                   48  6144  64  64  96  24576  p 51200  t positions=2048
nvidia/gpt-39.1b                 48  8192  64  64  128 32768  p 51200  t positions=2048
nvidia/gpt-76.1b                 60  10240 80  80  128 40960  p 51200  t positions=2048
nvidia/gpt-89b                   48  12288 96  96  128 49152  p 51200  t positions=2048
nvidia/gpt-145.6b                80  12288 96  96  128 49152  p 51200  t positions=2048
nvidia/gpt-174.6b                96  12288 96  96  128 49152  p 51200  t positions=2048
nvidia/gpt-310.1b                96  16384 128 128 128 65536  p 51200  t positions=2048
nvidia/gpt-529.6b                105 20480 128 128 160 81920  p 51200  t positions=2048
nvidia/gpt-1008b                 128 25600 160 160 160 102400 p 51200  t positions=2048
nvidia/mt-nlg-530b               105 20480 128 128 160 81920  p 51200  t positions=2048
facebook/opt-125m                12  768   12  12  64  3072   p 50272  t positions=2050
facebook/opt-350m                24  1024  16  16  64  4096   p 50272  t positions=4100 embed=512 norms=4/0 other=523264
facebook/opt-1.3b                24  2048  32  32  64  8192   p 50272  t positions=2050
facebook/opt-2.7b                32  2560  32  32  80  10240  p 50272  t positions=2050
facebook/opt-6.7b                32  4096  32  32  128 16384  p 50272  t positions=2050
facebook/opt-13b                 40  5120  40  40  128 20480  p 50272  t positions=2050
facebook/opt-30b                 48  7168  56  56  128 28672  p 50272  t positions=2050
facebook/opt-66b                 64  9216  72  72  128 36864  p 50272  t positions=2050
facebook/opt-175b                96  12288 96  96  128 49152  p 50272  t positions=2050
EleutherAI/pythia-70m            6   512   8   8   64  2048   p 50304  u
EleutherAI/pythia-160m           12  768   12  12  64  3072   p 50304  u
EleutherAI/pythia-410m           24  1024  16  16  64  4096   p 50304  u
EleutherAI/pythia-1b             16  2048  8   8   256 8192   p 50304  u
EleutherAI/pythia-1.4b           24  2048  16  16  128 8192   p 50304  u
EleutherAI/pythia-2.8b           32  2560  32  32  80  10240  p 50304  u
EleutherAI/pythia-6.9b           32  4096  32  32  128 16384  p 50432  u
EleutherAI/pythia-12b            36  5120  40  40  128 20480  p 50688  u
EleutherAI/gpt-neox-20b          44  6144  64  64  96  24576  p 50432  u
EleutherAI/gpt-neo-1.3B          24  2048  16  16  128 8192   p 50257  t positions=2048 bias=of window=12/256
EleutherAI/gpt-neo-2.7B          32  2560  20  20  128 10240  p 50257  t positions=2048 bias=of window=16/256
EleutherAI/gpt-j-6b              28  4096  16  16  256 16384  p 50400  u bias=fh norms=2/2
bigscience/bloom-560m            24  1024  16  16  64  4096   p 250880 t norms=4/4
bigscience/bloom-1b1             24  1536  16  16  96  6144   p 250880 t norms=4/4
bigscience/bloom-1b7             24  2048  16  16  128 8192   p 250880 t norms=4/4
bigscience/bloom-3b              30  2560  32  32  80  10240  p 250880 t norms=4/4
bigscience/bloom-7b1             30  4096  32  32  128 16384  p 250880 t norms=4/4
bigscience/bloom                 70  14336 112 112 128 57344  p 250880 t norms=4/4
bigcode/starcoder                40  6144  48  1   128 24576  p 49152  t positions=8192
bigcode/starcoder2-3b            30  3072  24  2   128 12288  p 49152  t window=30/4096
bigcode/starcoder2-7b            32  4608  36  4   128 18432  p 49152  t window=32/4096
bigcode/starcoder2-15b           40  6144  48  4   128 24576  p 49152  u window=40/4096
microsoft/phi-1_5                24  2048  32  32  64  8192   p 51200  u bias=qkvofh norms=2/2
microsoft/phi-2                  32  2560  32  32  80  10240  p 51200  u bias=qkvofh norms=2/2
tiiuae/falcon-rw-1b              24  2048  32  32  64  8192   p 50304  t
`,
    { family: 'decoder', common: 'bias=qkvof norms=4/2' },
  ),
  ...readTable(
    `
tiiuae/falcon-7b                 32  4544  71  1   64  18176  p 65024  t norms=2/2
tiiuae/falcon-40b                60  8192  128 8   64  32768  p 65024  t norms=4/2
tiiuae/falcon-180B               80  14848 232 8   64  59392  p 65024  t norms=4/2
nvidia/nemotron-4-15b            32  6144  48  8   128 24576  p 256000 u norms=4/2
nvidia/Nemotron-4-340B-Base      96  18432 96  8   192 73728  p 256000 u norms=4/2
mosaicml/mpt-125m                12  768   12  12  64  3072   p 50368  t positions=2048
mosaicml/mpt-350m                24  1024  16  16  64  4096   p 50368  t positions=2048
mosaicml/mpt-760m                24  1536  12  12  128 6144   p 50368  t positions=2048
mosaicml/mpt-1b                  24  2048  16  16  128 8192   p 50368  t positions=2048
mosaicml/mpt-3b                  32  2560  20  20  128 10240  p 50368  t positions=2048
mosaicml/mpt-7b                  32  4096  32  32  128 16384  p 50432  t
mosaicml/mpt-13b                 40  5120  40  40  128 20480  p 50368  t positions=2048
mosaicml/mpt-30b                 48  7168  64  64  112 28672  p 50432  t
mosaicml/mpt-70b                 80  8192  64  64  128 32768  p 50368  t positions=2048
`,
    { family: 'decoder', common: '' },
  ),
];
