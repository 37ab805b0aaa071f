import { type ModelRow, readTable } from './read-table.ts';

/**
 * Encoders and decoders together. `other` is, for T5, the tables of relative positions (32 buckets
 * by heads, of both sides), for Whisper the two convolutions before its encoder.
 * Sources: config.json of each id on huggingface.co; T5 arXiv:1910.10683, section 3.7; its v1.1:
 * github.com/google-research/text-to-text-transfer-transformer, released_checkpoints.md; BART
 * 1910.13461; Whisper 2212.04356, table 1.
 */
export const encoderDecoders = (): ModelRow[] => [
  ...readTable(
    `
google-t5/t5-small          6  512  8   8   64  2048  p 32128 t encoder=6 other=512
google-t5/t5-base           12 768  12  12  64  3072  p 32128 t encoder=12 other=768
google-t5/t5-large          24 1024 16  16  64  4096  p 32128 t encoder=24 other=1024
google-t5/t5-3b             24 1024 32  32  128 16384 p 32128 t encoder=24 other=2048
google-t5/t5-11b            24 1024 128 128 128 65536 p 32128 t encoder=24 other=8192
google/t5-v1_1-small        8  512  6   6   64  1024  g 32128 u encoder=8 other=384
google/t5-v1_1-base         12 768  12  12  64  2048  g 32128 u encoder=12 other=768
google/t5-v1_1-large        24 1024 16  16  64  2816  g 32128 u encoder=24 other=1024
google/t5-v1_1-xl           24 2048 32  32  64  5120  g 32128 u encoder=24 other=2048
google/t5-v1_1-xxl          24 4096 64  64  64  10240 g 32128 u encoder=24 other=4096
google/flan-t5-small        8  512  6   6   64  1024  g 32128 u encoder=8 other=384
google/flan-t5-base         12 768  12  12  64  2048  g 32128 u encoder=12 other=768
google/flan-t5-large        24 1024 16  16  64  2816  g 32128 u encoder=24 other=1024
google/flan-t5-xl           24 2048 32  32  64  5120  g 32128 u encoder=24 other=2048
google/flan-t5-xxl          24 4096 64  64  64  10240 g 32128 u encoder=24 other=4096
`,
    { family: 'encoder-decoder', common: 'norms=2/2' },
  ),
  ...readTable(
    `
facebook/bart-base          6  768  12  12  64  3072  p 50265 t encoder=6 positions=2052
facebook/bart-large         12 1024 16  16  64  4096  p 50265 t encoder=12 positions=2052
`,
    { family: 'encoder-decoder', common: 'bias=qkvof norms=4/4' },
  ),
  ...readTable(
    `
openai/whisper-tiny         4  384  6   6   64  1536  p 51865 t encoder=4 other=535296
openai/whisper-base         6  512  8   8   64  2048  p 51865 t encoder=6 other=910336
openai/whisper-small        12 768  12  12  64  3072  p 51865 t encoder=12 other=1955328
openai/whisper-medium       24 1024 16  16  64  4096  p 51865 t encoder=24 other=3393536
openai/whisper-large-v2     32 1280 20  20  64  5120  p 51865 t encoder=32 other=5224960
openai/whisper-large-v3     32 1280 20  20  64  5120  p 51866 t encoder=32 other=5409280
openai/whisper-large-v3-turbo 4 1280 20 20  64  5120  p 51866 t encoder=32 other=5409280
`,
    { family: 'encoder-decoder', common: 'bias=qvof norms=4/4 positions=1948' },
  ),
];
