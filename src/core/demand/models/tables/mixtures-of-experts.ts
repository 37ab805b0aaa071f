import { type ModelRow, readTable } from './read-table.ts';

/**
 * Decoders whose blocks are mixtures of experts, those with recurrent layers among them.
 * Where attention is latent, the head width is that of queries and keys.
 * Sources: config.json of each id on huggingface.co; the papers where they state the same: Mixtral
 * arXiv:2401.04088; DeepSeek 2401.06066, 2405.04434, 2412.19437; Qwen2 2407.10671, Qwen3 2505.09388;
 * Kimi K2 2507.20534; GLM-4.5 2508.06471; gpt-oss 2508.10925; OLMoE 2409.02060; Phi-3 2404.14219;
 * Grok-1: github.com/xai-org/grok-1, run.py; Nemotron 3: its technical reports of 2025 and 2026.
 */
export const mixturesOfExperts = (): ModelRow[] =>
  readTable(
    `
mistralai/Mixtral-8x7B-v0.1         32  4096  32  8  128 14336 g 32000  u experts=8/2
mistralai/Mixtral-8x22B-v0.1        56  6144  48  8  128 16384 g 32768  u experts=8/2
Qwen/Qwen1.5-MoE-A2.7B              24  2048  16  16 128 5632  g 151936 u experts=60/4x1408 shared=5632 bias=qkv
Qwen/Qwen2-57B-A14B                 28  3584  28  4  128 18944 g 151936 u experts=64/8x2560 shared=20480 bias=qkv
Qwen/Qwen3-30B-A3B                  48  2048  32  4  128 6144  g 151936 u experts=128/8x768 qk=head
Qwen/Qwen3-235B-A22B                94  4096  64  4  128 12288 g 151936 u experts=128/8x1536 qk=head
Qwen/Qwen3-Coder-30B-A3B            48  2048  32  4  128 6144  g 151936 u experts=128/8x768 qk=head
Qwen/Qwen3-Coder-480B-A35B          62  6144  96  8  128 8192  g 151936 u experts=160/8x2560 qk=head
Qwen/Qwen3-Next-80B-A3B             48  2048  16  2  256 5120  g 151936 u experts=512/10x512 shared=512 qk=head gate delta=36/16/32/128
Qwen/Qwen3.5-397B-A17B              60  4096  32  2  256 1024  g 248320 u experts=512/10x1024 shared=1024 qk=head gate delta=45/16/64/128
deepseek-ai/deepseek-moe-16b-base   28  2048  16  16 128 10944 g 102400 u experts=64/6x1408 shared=2816 first=1
deepseek-ai/DeepSeek-V2-Lite        27  2048  16  16 192 10944 g 102400 u experts=64/6x1408 shared=2816 first=1 latent=0/512/64/128/128
deepseek-ai/DeepSeek-V2             60  5120  128 128 192 12288 g 102400 u experts=160/6x1536 shared=3072 first=1 latent=1536/512/64/128/128
deepseek-ai/DeepSeek-V3             61  7168  128 128 192 18432 g 129280 u experts=256/8x2048 shared=2048 first=3 latent=1536/512/64/128/128
deepseek-ai/DeepSeek-R1             61  7168  128 128 192 18432 g 129280 u experts=256/8x2048 shared=2048 first=3 latent=1536/512/64/128/128
deepseek-ai/DeepSeek-V3.2           61  7168  128 128 192 18432 g 129280 u experts=256/8x2048 shared=2048 first=3 latent=1536/512/64/128/128/64/128
deepseek-ai/DeepSeek-V4-Flash       43  4096  64  1  512 2048  g 129280 u experts=256/6 shared=2048 compressed=1024/1024/8/64/128/21/20/4
deepseek-ai/DeepSeek-V4-Pro         61  7168  128 1  512 3072  g 129280 u experts=384/6 shared=3072 compressed=1536/1024/16/64/128/30/31/4
moonshotai/Moonlight-16B-A3B        27  2048  16  16 192 11264 g 163840 u experts=64/6x1408 shared=2816 first=1 latent=0/512/64/128/128
moonshotai/Kimi-K2-Instruct         61  7168  64  64 192 18432 g 163840 u experts=384/8x2048 shared=2048 first=1 latent=1536/512/64/128/128
moonshotai/Kimi-K2-Thinking         61  7168  64  64 192 18432 g 163840 u experts=384/8x2048 shared=2048 first=1 latent=1536/512/64/128/128
moonshotai/Kimi-K2.5                61  7168  64  64 192 18432 g 163840 u experts=384/8x2048 shared=2048 first=1 latent=1536/512/64/128/128 other=466000000
zai-org/GLM-4.5                     92  5120  96  8  128 12288 g 151552 u experts=160/8x1536 shared=1536 first=3 bias=qkv qk=head
zai-org/GLM-4.6                     92  5120  96  8  128 12288 g 151552 u experts=160/8x1536 shared=1536 first=3 bias=qkv qk=head
zai-org/GLM-4.7                     92  5120  96  8  128 12288 g 151552 u experts=160/8x1536 shared=1536 first=3 bias=qkv qk=head
zai-org/GLM-4.5-Air                 46  4096  96  8  128 10944 g 151552 u experts=128/8x1408 shared=1408 first=1 bias=qkv
zai-org/GLM-5                       78  6144  64  64 256 12288 g 154880 u experts=256/8x2048 shared=2048 first=3 latent=2048/512/64/192/256/32/128
MiniMaxAI/MiniMax-M2                62  3072  48  8  128 1536  g 200064 u experts=256/8 qk=whole
MiniMaxAI/MiniMax-M2.5              62  3072  48  8  128 1536  g 200064 u experts=256/8 qk=whole
openai/gpt-oss-20b                  24  2880  64  8  64  2880  g 201088 u experts=32/4 bias=qkvofr window=12/128
openai/gpt-oss-120b                 36  2880  64  8  64  2880  g 201088 u experts=128/4 bias=qkvofr window=18/128
meta-llama/Llama-4-Scout-17B-16E    48  5120  40  8  128 16384 g 202048 u experts=16/1x8192 shared=8192 window=36/8192 other=870000000
meta-llama/Llama-4-Maverick-17B-128E 48 5120  40  8  128 16384 g 202048 u experts=128/1x8192 shared=8192 every=2 window=36/8192 other=870000000
microsoft/Phi-3.5-MoE-instruct      32  4096  32  8  128 6400  g 32064  u experts=16/2 bias=qkvoh norms=4/2
databricks/dbrx-base                40  6144  48  8  128 10752 g 100352 u experts=16/4
xai-org/grok-1                      64  6144  48  8  128 32768 g 131072 t experts=8/2 norms=4/1
allenai/OLMoE-1B-7B-0924            16  2048  16  16 128 1024  g 50304  u experts=64/8 qk=whole
nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16 29 2688 32 2 128 1856 p 131072 u blocks=23 experts=128/6 shared=3712 mamba=23/64/64/128/8 norms=1/24
nvidia/NVIDIA-Nemotron-3.5-Lightning-30B-A3B-BF16 29 2688 32 2 128 1856 p 131072 u blocks=23 experts=128/6 shared=3712 mamba=23/64/64/128/8 norms=1/24
nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16 48 4096 32 2 128 2688 p 131072 u blocks=40 experts=512/22 shared=5376 squeeze=1024 mamba=40/128/64/128/8 norms=1/41
nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16 60 8192 64 2 128 5120 p 131072 u blocks=48 experts=512/22 shared=10240 squeeze=2048 mamba=48/256/64/128/8 norms=1/49
`,
    { family: 'decoder', common: '' },
  );
