import { type ModelRow, readTable } from './read-table.ts';

/**
 * Dense decoders with RMS norms, rotary positions and gated blocks.
 * Sources: config.json of each id on huggingface.co; the papers where they state the same: Llama
 * arXiv:2302.13971, 2307.09288, 2308.12950 (Code Llama), 2407.21783; TinyLlama 2401.02385; SmolLM2
 * 2502.02737; Mistral 2310.06825; Qwen2 2407.10671; Qwen2.5 2412.15115; Qwen3 2505.09388; Gemma
 * 2403.08295, 2408.00118, 2503.19786; Phi 2404.14219, 2412.08905; OLMo 2402.00838, 2501.00656; Yi
 * 2403.04652; DeepSeek 2401.02954, 2401.14196, 2501.12948; InternLM2 2403.17297.
 */
export const denseDecoders = (): ModelRow[] =>
  readTable(
    `
meta-llama/Llama-2-7b-hf            32  4096  32  32 128 11008 g 32000  u
meta-llama/Llama-2-13b-hf           40  5120  40  40 128 13824 g 32000  u
meta-llama/Llama-2-70b-hf           80  8192  64  8  128 28672 g 32000  u
meta-llama/Meta-Llama-3-8B          32  4096  32  8  128 14336 g 128256 u
meta-llama/Meta-Llama-3-70B         80  8192  64  8  128 28672 g 128256 u
meta-llama/Llama-3.1-8B             32  4096  32  8  128 14336 g 128256 u
meta-llama/Llama-3.1-70B            80  8192  64  8  128 28672 g 128256 u
meta-llama/Llama-3.1-405B           126 16384 128 8  128 53248 g 128256 u
meta-llama/Llama-3.2-1B             16  2048  32  8  64  8192  g 128256 t
meta-llama/Llama-3.2-3B             28  3072  24  8  128 8192  g 128256 t
meta-llama/Llama-3.2-11B-Vision     40  4096  32  8  128 14336 g 128256 u other=895000000
meta-llama/Llama-3.2-90B-Vision     100 8192  64  8  128 28672 g 128256 u other=920000000
meta-llama/Llama-3.3-70B-Instruct   80  8192  64  8  128 28672 g 128256 u
huggyllama/llama-7b                 32  4096  32  32 128 11008 g 32000  u
huggyllama/llama-13b                40  5120  40  40 128 13824 g 32000  u
huggyllama/llama-30b                60  6656  52  52 128 17920 g 32000  u
huggyllama/llama-65b                80  8192  64  64 128 22016 g 32000  u
lmsys/vicuna-7b-v1.5                32  4096  32  32 128 11008 g 32000  u
lmsys/vicuna-13b-v1.5               40  5120  40  40 128 13824 g 32000  u
codellama/CodeLlama-7b-hf           32  4096  32  32 128 11008 g 32016  u
codellama/CodeLlama-13b-hf          40  5120  40  40 128 13824 g 32016  u
codellama/CodeLlama-34b-hf          48  8192  64  8  128 22016 g 32000  u
codellama/CodeLlama-70b-hf          80  8192  64  8  128 28672 g 32016  u
TinyLlama/TinyLlama-1.1B-Chat-v1.0  22  2048  32  4  64  5632  g 32000  u
HuggingFaceTB/SmolLM2-135M          30  576   9   3  64  1536  g 49152  t
HuggingFaceTB/SmolLM2-360M          32  960   15  5  64  2560  g 49152  t
HuggingFaceTB/SmolLM2-1.7B          24  2048  32  32 64  8192  g 49152  t
HuggingFaceTB/SmolLM3-3B            36  2048  16  4  128 11008 g 128256 t
mistralai/Mistral-7B-v0.1           32  4096  32  8  128 14336 g 32000  u window=32/4096
mistralai/Mistral-7B-Instruct-v0.2  32  4096  32  8  128 14336 g 32000  u
mistralai/Mistral-7B-v0.3           32  4096  32  8  128 14336 g 32768  u
mistralai/Ministral-8B-Instruct-2410 36 4096  32  8  128 12288 g 131072 u
mistralai/Mistral-Nemo-Base-2407    40  5120  32  8  128 14336 g 131072 u
mistralai/Mistral-Small-Instruct-2409 56 6144 48  8  128 16384 g 32768  u
mistralai/Codestral-22B-v0.1        56  6144  48  8  128 16384 g 32768  u
mistralai/Mistral-Small-24B-Base-2501 40 5120 32  8  128 32768 g 131072 u
mistralai/Mistral-Large-Instruct-2407 88 12288 96 8  128 28672 g 32768  u
Qwen/Qwen2-0.5B                     24  896   14  2  64  4864  g 151936 t bias=qkv
Qwen/Qwen2-1.5B                     28  1536  12  2  128 8960  g 151936 t bias=qkv
Qwen/Qwen2-7B                       28  3584  28  4  128 18944 g 152064 u bias=qkv
Qwen/Qwen2-72B                      80  8192  64  8  128 29568 g 152064 u bias=qkv
Qwen/Qwen2.5-0.5B                   24  896   14  2  64  4864  g 151936 t bias=qkv
Qwen/Qwen2.5-1.5B                   28  1536  12  2  128 8960  g 151936 t bias=qkv
Qwen/Qwen2.5-3B                     36  2048  16  2  128 11008 g 151936 t bias=qkv
Qwen/Qwen2.5-7B                     28  3584  28  4  128 18944 g 152064 u bias=qkv
Qwen/Qwen2.5-14B                    48  5120  40  8  128 13824 g 152064 u bias=qkv
Qwen/Qwen2.5-32B                    64  5120  40  8  128 27648 g 152064 u bias=qkv
Qwen/Qwen2.5-72B                    80  8192  64  8  128 29568 g 152064 u bias=qkv
Qwen/Qwen2.5-Coder-7B               28  3584  28  4  128 18944 g 152064 u bias=qkv
Qwen/Qwen2.5-Coder-32B              64  5120  40  8  128 27648 g 152064 u bias=qkv
Qwen/QwQ-32B                        64  5120  40  8  128 27648 g 152064 u bias=qkv
Qwen/Qwen3-0.6B                     28  1024  16  8  128 3072  g 151936 t qk=head
Qwen/Qwen3-1.7B                     28  2048  16  8  128 6144  g 151936 t qk=head
Qwen/Qwen3-4B                       36  2560  32  8  128 9728  g 151936 t qk=head
Qwen/Qwen3-8B                       36  4096  32  8  128 12288 g 151936 u qk=head
Qwen/Qwen3-14B                      40  5120  40  8  128 17408 g 151936 u qk=head
Qwen/Qwen3-32B                      64  5120  64  8  128 25600 g 151936 u qk=head
google/gemma-2b                     18  2048  8   1  256 16384 g 256000 t
google/gemma-7b                     28  3072  16  16 256 24576 g 256000 t
google/gemma-2-2b                   26  2304  8   4  256 9216  g 256000 t norms=4/1 window=13/4096
google/gemma-2-9b                   42  3584  16  8  256 14336 g 256000 t norms=4/1 window=21/4096
google/gemma-2-27b                  46  4608  32  16 128 36864 g 256000 t norms=4/1 window=23/4096
google/gemma-3-270m                 18  640   4   1  256 2048  g 262144 t norms=4/1 qk=head window=15/512
google/gemma-3-1b-pt                26  1152  4   1  256 6912  g 262144 t norms=4/1 qk=head window=22/512
google/gemma-3-4b-pt                34  2560  8   4  256 10240 g 262208 t norms=4/1 qk=head window=29/1024 other=420000000
google/gemma-3-12b-pt               48  3840  16  8  256 15360 g 262208 t norms=4/1 qk=head window=40/1024 other=421000000
google/gemma-3-27b-pt               62  5376  32  16 128 21504 g 262208 t norms=4/1 qk=head window=52/1024 other=423000000
microsoft/Phi-3-mini-4k-instruct    32  3072  32  32 96  8192  g 32064  u window=32/2047
microsoft/Phi-3-medium-4k-instruct  40  5120  40  10 128 17920 g 32064  u window=40/2047
microsoft/phi-4                     40  5120  40  10 128 17920 g 100352 u
microsoft/Phi-4-mini-instruct       32  3072  24  8  128 8192  g 200064 t
allenai/OLMo-1B-hf                  16  2048  16  16 128 8192  g 50304  t norms=0/0
allenai/OLMo-7B-hf                  32  4096  32  32 128 11008 g 50304  u norms=0/0
allenai/OLMo-2-0425-1B              16  2048  16  16 128 8192  g 100352 u qk=whole
allenai/OLMo-2-1124-7B              32  4096  32  32 128 11008 g 100352 u qk=whole
allenai/OLMo-2-1124-13B             40  5120  40  40 128 13824 g 100352 u qk=whole
allenai/OLMo-2-0325-32B             64  5120  40  8  128 27648 g 100352 u qk=whole
allenai/Olmo-3-1025-7B              32  4096  32  32 128 11008 g 100278 u qk=whole window=24/4096
allenai/Olmo-3-1125-32B             64  5120  40  8  128 27648 g 100278 u qk=whole window=48/4096
01-ai/Yi-6B                         32  4096  32  4  128 11008 g 64000  u
01-ai/Yi-9B                         48  4096  32  4  128 11008 g 64000  u
01-ai/Yi-34B                        60  7168  56  8  128 20480 g 64000  u
CohereForAI/c4ai-command-r-v01      40  8192  64  64 128 22528 g 256000 t norms=1/1
CohereForAI/c4ai-command-r-plus     64  12288 96  8  128 33792 g 256000 t norms=1/1 qk=whole
CohereForAI/c4ai-command-r7b-12-2024 32 4096  32  8  128 14336 g 256000 t norms=1/1 window=24/4096
CohereForAI/c4ai-command-a-03-2025  64  12288 96  8  128 36864 g 256000 t norms=1/1 window=48/4096
deepseek-ai/deepseek-llm-7b-base    30  4096  32  32 128 11008 g 102400 u
deepseek-ai/deepseek-llm-67b-base   95  8192  64  8  128 22016 g 102400 u
deepseek-ai/deepseek-coder-1.3b-base 24 2048  16  16 128 5504  g 32256  u
deepseek-ai/deepseek-coder-6.7b-base 32 4096  32  32 128 11008 g 32256  u
deepseek-ai/deepseek-coder-33b-base 62  7168  56  8  128 19200 g 32256  u
deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B 28 1536 12 2 128 8960 g 151936 u bias=qkv
deepseek-ai/DeepSeek-R1-Distill-Qwen-7B 28 3584 28 4 128 18944 g 152064 u bias=qkv
deepseek-ai/DeepSeek-R1-Distill-Qwen-14B 48 5120 40 8 128 13824 g 152064 u bias=qkv
deepseek-ai/DeepSeek-R1-Distill-Qwen-32B 64 5120 40 8 128 27648 g 152064 u bias=qkv
deepseek-ai/DeepSeek-R1-Distill-Llama-8B 32 4096 32 8 128 14336 g 128256 u
deepseek-ai/DeepSeek-R1-Distill-Llama-70B 80 8192 64 8 128 28672 g 128256 u
THUDM/glm-4-9b                      40  4096  32  2  128 13696 g 151552 u bias=qkv
internlm/internlm2_5-7b             32  4096  32  8  128 14336 g 92544  u
internlm/internlm2_5-20b            48  6144  48  8  128 16384 g 92544  u
ibm-granite/granite-3.0-2b-base     40  2048  32  8  64  8192  g 49155  t
ibm-granite/granite-3.0-8b-base     40  4096  32  8  128 12800 g 49155  t
upstage/SOLAR-10.7B-v1.0            48  4096  32  8  128 14336 g 32000  u
tiiuae/Falcon3-7B-Base              28  3072  12  4  256 23040 g 131072 u
`,
    { family: 'decoder', common: '' },
  );
