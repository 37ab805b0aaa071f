/**
 * Parameters of every model of the tables, as published, with the source of each: `hub`, the size
 * that its page on huggingface.co shows (of its safetensors files), `card`, what its page says, an
 * arXiv number, or a repository on GitHub. After a slash the active ones, where they are published
 * to three digits; with `-` those without the input embedding.
 *
 * The pages of the hub could not be read where this list was written: its figures are from memory.
 * transformer.test.ts has counts of the classes themselves.
 */
const TEXT = `
meta-llama/Llama-2-7b-hf 6.74B hub
meta-llama/Llama-2-13b-hf 13.0B hub
meta-llama/Llama-2-70b-hf 69.0B hub
meta-llama/Meta-Llama-3-8B 8.03B hub
meta-llama/Meta-Llama-3-70B 70.6B hub
meta-llama/Llama-3.1-8B 8.03B hub
meta-llama/Llama-3.1-70B 70.6B hub
meta-llama/Llama-3.1-405B 406B hub
meta-llama/Llama-3.2-1B 1.24B hub
meta-llama/Llama-3.2-3B 3.21B hub
meta-llama/Llama-3.2-11B-Vision 10.7B hub
meta-llama/Llama-3.2-90B-Vision 88.6B hub
meta-llama/Llama-3.3-70B-Instruct 70.6B hub
huggyllama/llama-7b 6.7B 2302.13971
huggyllama/llama-13b 13.0B 2302.13971
huggyllama/llama-30b 32.5B 2302.13971
huggyllama/llama-65b 65.2B 2302.13971
lmsys/vicuna-7b-v1.5 6.74B meta-llama/Llama-2-7b
lmsys/vicuna-13b-v1.5 13.0B meta-llama/Llama-2-13b
codellama/CodeLlama-7b-hf 6.74B hub
codellama/CodeLlama-13b-hf 13.0B hub
codellama/CodeLlama-34b-hf 33.7B hub
codellama/CodeLlama-70b-hf 69.0B hub
TinyLlama/TinyLlama-1.1B-Chat-v1.0 1.10B hub
HuggingFaceTB/SmolLM2-135M 135M hub
HuggingFaceTB/SmolLM2-360M 362M hub
HuggingFaceTB/SmolLM2-1.7B 1.71B hub
HuggingFaceTB/SmolLM3-3B 3.08B hub
mistralai/Mistral-7B-v0.1 7.24B hub
mistralai/Mistral-7B-Instruct-v0.2 7.24B hub
mistralai/Mistral-7B-v0.3 7.25B hub
mistralai/Ministral-8B-Instruct-2410 8.02B hub
mistralai/Mistral-Nemo-Base-2407 12.2B hub
mistralai/Mistral-Small-Instruct-2409 22.2B hub
mistralai/Codestral-22B-v0.1 22.2B hub
mistralai/Mistral-Small-24B-Base-2501 23.6B hub
mistralai/Mistral-Large-Instruct-2407 123B hub
Qwen/Qwen2-0.5B 494M hub
Qwen/Qwen2-1.5B 1.54B hub
Qwen/Qwen2-7B 7.62B hub
Qwen/Qwen2-72B 72.7B hub
Qwen/Qwen2.5-0.5B 494M hub
Qwen/Qwen2.5-1.5B 1.54B hub
Qwen/Qwen2.5-3B 3.09B hub
Qwen/Qwen2.5-7B 7.62B hub
Qwen/Qwen2.5-14B 14.8B hub
Qwen/Qwen2.5-32B 32.8B hub
Qwen/Qwen2.5-72B 72.7B hub
Qwen/Qwen2.5-Coder-7B 7.62B hub
Qwen/Qwen2.5-Coder-32B 32.8B hub
Qwen/QwQ-32B 32.8B hub
Qwen/Qwen3-0.6B 0.6B 2505.09388
Qwen/Qwen3-1.7B 1.7B 2505.09388
Qwen/Qwen3-4B 4.02B hub
Qwen/Qwen3-8B 8.19B hub
Qwen/Qwen3-14B 14.8B hub
Qwen/Qwen3-32B 32.8B hub
google/gemma-2b 2.51B hub
google/gemma-7b 8.54B hub
google/gemma-2-2b 2.61B hub
google/gemma-2-9b 9.24B hub
google/gemma-2-27b 27.2B hub
google/gemma-3-270m 268M hub
google/gemma-3-1b-pt 1.00B hub
google/gemma-3-4b-pt 4.30B hub
google/gemma-3-12b-pt 12.2B hub
google/gemma-3-27b-pt 27.4B hub
microsoft/Phi-3-mini-4k-instruct 3.82B hub
microsoft/Phi-3-medium-4k-instruct 14.0B hub
microsoft/phi-4 14.7B hub
microsoft/Phi-4-mini-instruct 3.84B hub
allenai/OLMo-1B-hf 1.18B hub
allenai/OLMo-7B-hf 6.89B hub
allenai/OLMo-2-0425-1B 1.48B hub
allenai/OLMo-2-1124-7B 7.30B hub
allenai/OLMo-2-1124-13B 13.7B hub
allenai/OLMo-2-0325-32B 32.2B hub
allenai/Olmo-3-1025-7B 7.30B hub
allenai/Olmo-3-1125-32B 32.2B hub
01-ai/Yi-6B 6.06B hub
01-ai/Yi-9B 8.83B hub
01-ai/Yi-34B 34.4B hub
CohereForAI/c4ai-command-r-v01 35.0B hub
CohereForAI/c4ai-command-r-plus 104B hub
CohereForAI/c4ai-command-r7b-12-2024 8.03B hub
CohereForAI/c4ai-command-a-03-2025 111B hub
deepseek-ai/deepseek-llm-7b-base 6.91B hub
deepseek-ai/deepseek-llm-67b-base 67.4B hub
deepseek-ai/deepseek-coder-1.3b-base 1.35B hub
deepseek-ai/deepseek-coder-6.7b-base 6.74B hub
deepseek-ai/deepseek-coder-33b-base 33.3B hub
deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B 1.78B hub
deepseek-ai/DeepSeek-R1-Distill-Qwen-7B 7.62B hub
deepseek-ai/DeepSeek-R1-Distill-Qwen-14B 14.8B hub
deepseek-ai/DeepSeek-R1-Distill-Qwen-32B 32.8B hub
deepseek-ai/DeepSeek-R1-Distill-Llama-8B 8.03B hub
deepseek-ai/DeepSeek-R1-Distill-Llama-70B 70.6B hub
THUDM/glm-4-9b 9.40B hub
internlm/internlm2_5-7b 7.74B hub
internlm/internlm2_5-20b 19.9B hub
ibm-granite/granite-3.0-2b-base 2.53B hub
ibm-granite/granite-3.0-8b-base 8.17B hub
upstage/SOLAR-10.7B-v1.0 10.7B hub
tiiuae/Falcon3-7B-Base 7.46B hub
mistralai/Mixtral-8x7B-v0.1 46.7B/12.9B mistral.ai/news/mixtral-of-experts
mistralai/Mixtral-8x22B-v0.1 140.6B/39.1B docs.mistral.ai
Qwen/Qwen1.5-MoE-A2.7B 14.3B/2.7B card
Qwen/Qwen2-57B-A14B 57.4B hub
Qwen/Qwen3-30B-A3B 30.5B/3.3B card
Qwen/Qwen3-235B-A22B 235B/22B card
Qwen/Qwen3-Coder-30B-A3B 30.5B/3.3B card
Qwen/Qwen3-Coder-480B-A35B 480B/35B card
Qwen/Qwen3-Next-80B-A3B 80B card
Qwen/Qwen3.5-397B-A17B 397B/17B card
deepseek-ai/deepseek-moe-16b-base 16.4B/2.8B 2401.06066
deepseek-ai/DeepSeek-V2-Lite 15.7B/-2.4B card
deepseek-ai/DeepSeek-V2 236B/21B 2405.04434
deepseek-ai/DeepSeek-V3 671B/37B 2412.19437
deepseek-ai/DeepSeek-R1 671B/37B card
deepseek-ai/DeepSeek-V3.2 671B card
deepseek-ai/DeepSeek-V4-Flash 284B/-13B card
deepseek-ai/DeepSeek-V4-Pro 1.6T/-49B card
moonshotai/Moonlight-16B-A3B 16.0B hub
moonshotai/Kimi-K2-Instruct 1.03T hub
moonshotai/Kimi-K2-Thinking 1.03T moonshotai/Kimi-K2-Instruct
moonshotai/Kimi-K2.5 1.03T moonshotai/Kimi-K2-Instruct
zai-org/GLM-4.5 355B 2508.06471
zai-org/GLM-4.6 355B zai-org/GLM-4.5
zai-org/GLM-4.7 355B zai-org/GLM-4.5
zai-org/GLM-4.5-Air 106B 2508.06471
zai-org/GLM-5 744B card
MiniMaxAI/MiniMax-M2 230B card
MiniMaxAI/MiniMax-M2.5 230B card
openai/gpt-oss-20b 20.9B/-3.61B 2508.10925
openai/gpt-oss-120b 116.8B/-5.13B 2508.10925
meta-llama/Llama-4-Scout-17B-16E 109B card
meta-llama/Llama-4-Maverick-17B-128E 402B hub
microsoft/Phi-3.5-MoE-instruct 41.9B/6.6B 2404.14219
databricks/dbrx-base 132B/36B card
xai-org/grok-1 314B github.com/xai-org/grok-1
allenai/OLMoE-1B-7B-0924 6.92B/1.28B 2409.02060
nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16 31.6B/-3.2B card
nvidia/NVIDIA-Nemotron-3.5-Lightning-30B-A3B-BF16 31.6B/-3.2B nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16
nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16 120B/-12B card
nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16 550B/-55B card
openai-community/gpt2 124M hub
openai-community/gpt2-medium 355M hub
openai-community/gpt2-large 774M hub
openai-community/gpt2-xl 1.56B hub
openai/gpt-3-125m 125M 2005.14165
openai/gpt-3-350m 356M gpt2-medium with 2,048 positions
openai/gpt-3-760m 760M 2005.14165
openai/gpt-3-1.3b 1.3B 2005.14165
openai/gpt-3-2.7b 2.7B 2005.14165
openai/gpt-3-6.7b 6.7B 2005.14165
openai/gpt-3-13b 13.0B 2005.14165
openai/gpt-3-175b 175.0B 2005.14165
nvidia/gpt-350m 0.36B 2104.04473, equation 2
nvidia/gpt-1.3b 1.3B 2104.04473, equation 2
nvidia/gpt-1.7b 1.7B 2104.04473
nvidia/gpt-3.6b 3.6B 2104.04473
nvidia/gpt-6.7b 6.7B 2104.04473, equation 2
nvidia/gpt-7.5b 7.5B 2104.04473
nvidia/gpt-18.4b 18.4B 2104.04473
nvidia/gpt-20b 20.3B 2104.04473, equation 2
nvidia/gpt-22b 22B 2205.05198
nvidia/gpt-39.1b 39.1B 2104.04473
nvidia/gpt-76.1b 76.1B 2104.04473
nvidia/gpt-89b 87.6B 2104.04473, equation 2
nvidia/gpt-145.6b 145.6B 2104.04473
nvidia/gpt-174.6b 174.6B 2104.04473
nvidia/gpt-310.1b 310.1B 2104.04473
nvidia/gpt-529.6b 529.6B 2104.04473
nvidia/gpt-1008b 1008.0B 2104.04473
nvidia/mt-nlg-530b 530B 2201.11990
facebook/opt-125m 125M 2205.01068
facebook/opt-350m 331M facebookresearch/metaseq
facebook/opt-1.3b 1.3B 2205.01068
facebook/opt-2.7b 2.7B 2205.01068
facebook/opt-6.7b 6.7B 2205.01068
facebook/opt-13b 12.9B facebookresearch/metaseq
facebook/opt-30b 30B 2205.01068
facebook/opt-66b 66B 2205.01068
facebook/opt-175b 175B 2205.01068
EleutherAI/pythia-70m 70.4M 2304.01373
EleutherAI/pythia-160m 162.3M 2304.01373
EleutherAI/pythia-410m 405.3M 2304.01373
EleutherAI/pythia-1b 1.012B 2304.01373
EleutherAI/pythia-1.4b 1.415B 2304.01373
EleutherAI/pythia-2.8b 2.775B 2304.01373
EleutherAI/pythia-6.9b 6.857B 2304.01373
EleutherAI/pythia-12b 11.85B 2304.01373
EleutherAI/gpt-neox-20b 20.55B 2204.06745
EleutherAI/gpt-neo-1.3B 1.3B card
EleutherAI/gpt-neo-2.7B 2.7B card
EleutherAI/gpt-j-6b 6.05B card
bigscience/bloom-560m 559M card
bigscience/bloom-1b1 1.065B card
bigscience/bloom-1b7 1.722B card
bigscience/bloom-3b 3.003B card
bigscience/bloom-7b1 7.069B card
bigscience/bloom 176.2B card
bigcode/starcoder 15.5B 2305.06161
bigcode/starcoder2-3b 3.03B hub
bigcode/starcoder2-7b 7.17B hub
bigcode/starcoder2-15b 16.0B hub
microsoft/phi-1_5 1.42B hub
microsoft/phi-2 2.78B hub
tiiuae/falcon-rw-1b 1.31B card
tiiuae/falcon-7b 6.92B card
tiiuae/falcon-40b 41.3B card
tiiuae/falcon-180B 180B 2311.16867
nvidia/nemotron-4-15b 15.6B 2402.16819
nvidia/Nemotron-4-340B-Base 341B card
mosaicml/mpt-125m 125M mosaicml/llm-foundry
mosaicml/mpt-350m 356M mosaicml/llm-foundry
mosaicml/mpt-760m 760M mosaicml/llm-foundry
mosaicml/mpt-1b 1.316B mosaicml/llm-foundry
mosaicml/mpt-3b 2.652B mosaicml/llm-foundry
mosaicml/mpt-7b 6.65B hub
mosaicml/mpt-13b 12.85B mosaicml/llm-foundry
mosaicml/mpt-30b 30.0B hub
mosaicml/mpt-70b 64.86B mosaicml/llm-foundry
google-bert/bert-base-uncased 109M google-research/bert
google-bert/bert-base-cased 108M hub
google-bert/bert-large-uncased 335M google-research/bert
google-bert/bert-large-cased 334M hub
FacebookAI/roberta-base 125M 1907.11692
FacebookAI/roberta-large 355M 1907.11692
FacebookAI/xlm-roberta-base 278M hub
FacebookAI/xlm-roberta-large 560M hub
distilbert/distilbert-base-uncased 66M 1910.01108
sentence-transformers/all-MiniLM-L6-v2 22.7M hub
albert/albert-base-v2 11.7M hub
albert/albert-large-v2 17.7M hub
albert/albert-xlarge-v2 58.7M hub
albert/albert-xxlarge-v2 223M hub
google/electra-small-discriminator 13.5M hub
google/electra-base-discriminator 109M hub
google/electra-large-discriminator 334M hub
google/vit-base-patch16-224 86.6M hub
google/vit-base-patch32-224 88.2M hub
google/vit-large-patch16-224 304M hub
google/vit-huge-patch14-224 632M 2010.11929
openai/clip-vit-base-patch32 151.3M hub
openai/clip-vit-base-patch16 149.6M hub
openai/clip-vit-large-patch14 427.6M hub
google-t5/t5-small 60.5M hub
google-t5/t5-base 223M hub
google-t5/t5-large 738M hub
google-t5/t5-3b 2.85B hub
google-t5/t5-11b 11.3B 1910.10683
google/t5-v1_1-small 77.0M hub
google/t5-v1_1-base 248M hub
google/t5-v1_1-large 783M hub
google/t5-v1_1-xl 2.85B hub
google/t5-v1_1-xxl 11.1B hub
google/flan-t5-small 77.0M hub
google/flan-t5-base 248M hub
google/flan-t5-large 783M hub
google/flan-t5-xl 2.85B hub
google/flan-t5-xxl 11.1B hub
facebook/bart-base 139M hub
facebook/bart-large 406M hub
openai/whisper-tiny 37.8M hub
openai/whisper-base 72.6M hub
openai/whisper-small 242M hub
openai/whisper-medium 764M hub
openai/whisper-large-v2 1.54B hub
openai/whisper-large-v3 1.54B hub
openai/whisper-large-v3-turbo 809M hub
stable-diffusion-v1-5/stable-diffusion-v1-5 860M card
CompVis/stable-diffusion-v1-4 860M CompVis/stable-diffusion
stabilityai/stable-diffusion-2-base 865M Stability-AI/stablediffusion
stabilityai/stable-diffusion-2-1 865M Stability-AI/stablediffusion
stabilityai/stable-diffusion-2-inpainting 865M Stability-AI/stablediffusion
stabilityai/stable-diffusion-xl-base-1.0 2.57B 2307.01952
stabilityai/stable-diffusion-xl-refiner-1.0 2.3B 2307.01952
facebook/DiT-S-2-256 33M 2212.09748
facebook/DiT-B-2-256 130M 2212.09748
facebook/DiT-L-2-256 458M 2212.09748
facebook/DiT-XL-2-256 675M 2212.09748
PixArt-alpha/PixArt-XL-2-1024-MS 0.6B 2310.00426
stabilityai/stable-diffusion-3-medium 2.03B hub
stabilityai/stable-diffusion-3.5-large 8.1B card
black-forest-labs/FLUX.1-dev 11.9B hub
black-forest-labs/FLUX.1-schnell 11.9B hub
Wan-AI/Wan2.1-T2V-1.3B 1.42B hub
Wan-AI/Wan2.1-T2V-14B 14.3B hub
timm/resnet18 11.7M timm
timm/resnet34 21.8M timm
timm/resnet50 25.6M timm
timm/resnet101 44.5M timm
timm/resnet152 60.2M timm
timm/resnext50_32x4d 25.0M timm
timm/wide_resnet50_2 68.9M timm
timm/vgg11 132.9M timm
timm/vgg13 133.0M timm
timm/vgg16 138.4M timm
timm/vgg19 143.7M timm
timm/mobilenetv1_100 4.2M 1704.04861
timm/mobilenetv2_100 3.5M timm
timm/mobilenetv3_large_100 5.5M timm
timm/efficientnet_b0 5.3M timm
timm/efficientnet_b1 7.8M timm
timm/efficientnet_b2 9.1M timm
timm/efficientnet_b3 12.2M timm
timm/efficientnet_b4 19.3M timm
timm/efficientnet_b5 30.4M timm
timm/efficientnet_b7 66.3M timm
timm/densenet121 8.0M timm
timm/inception_v3 23.8M timm
timm/convnext_tiny 28.6M timm
timm/convnext_base 88.6M timm
timm/regnety_160 83.6M timm
ultralytics/yolov5n 1.9M ultralytics/yolov5
ultralytics/yolov5s 7.2M ultralytics/yolov5
ultralytics/yolov5m 21.2M ultralytics/yolov5
ultralytics/yolov5l 46.5M ultralytics/yolov5
ultralytics/yolov8n 3.2M ultralytics/ultralytics
ultralytics/yolov8s 11.2M ultralytics/ultralytics
ultralytics/yolov8m 25.9M ultralytics/ultralytics
ultralytics/yolov8l 43.7M ultralytics/ultralytics
ultralytics/yolov8x 68.2M ultralytics/ultralytics
ultralytics/yolo11n 2.6M ultralytics/ultralytics
ultralytics/yolo11m 20.1M ultralytics/ultralytics
torchvision/ssd300_vgg16 35.6M torchvision
torchvision/retinanet_resnet50_fpn 34.0M torchvision
mlcommons/retinanet-resnext50 37M mlcommons/training
mlcommons/3d-unet 31M mlcommons/training
tensorflow/ssd_mobilenet_v1 6.8M 1704.04861
tensorflow/ssd_mobilenet_v1_0.75 5.2M layers of tensorflow/models
tensorflow/ssd_mobilenet_v2 16.8M openvinotoolkit/open_model_zoo
mlcommons/dlrm-dcnv2 26.15B sizes of mlcommons/training
mlcommons/dlrm 26.14B sizes of mlcommons/training
`;

export type PublishedCount = {
  readonly id: string;
  readonly params: Figure;
  readonly active: (Figure & { readonly withoutEmbedding: boolean }) | null;
  readonly source: string;
};

/** A figure, and how far its rounding lets it be from what it stands for. */
export type Figure = { readonly count: number; readonly rounding: number };

export const PUBLISHED_COUNTS: readonly PublishedCount[] = TEXT.trim()
  .split('\n')
  .map((line) => {
    const [id = '', figures = '', ...source] = line.split(' ');
    const [params = '', active] = figures.split('/');
    return {
      id,
      params: figure(params),
      active:
        active === undefined
          ? null
          : { ...figure(active.replace('-', '')), withoutEmbedding: active.startsWith('-') },
      source: source.join(' '),
    };
  });

function figure(text: string): Figure {
  const unit = { M: 1e6, B: 1e9, T: 1e12 }[text.at(-1) ?? ''] ?? Number.NaN;
  const digits = text.slice(0, -1);
  const decimals = digits.split('.')[1]?.length ?? 0;
  return { count: Number(digits) * unit, rounding: (unit * 10 ** -decimals) / 2 };
}
