/*
 * Written by `npm run calibrate`: what measurements make of the models of time and memory. Median
 * errors by source, in per cent: of a fit that did not see the source, of this fit; rows; the source.
 *
 * training: 549 rows
 *     16.7   17.6    7  LLaMA paper arXiv
 *     21.6   12.6    8  meta-llama/llama-models
 *     19.6   19.2   34  Megatron-LM SC21 arXiv
 *     13.7   11.7    8  Korthikanti et al. arXiv
 *     11.5   12.7  123  bigscience-workshop/bigscience
 *     21.5   19.5    1  Luccioni et al. arXiv
 *    169.4  134.3    1  arXiv
 *     31.3   28.5    1  allenai.org/blog/olmo2-32B
 *     11.3    9.8    2  OLMo 3 tech report via muxup.com/2025q4/minip
 *     39.0   34.7    3  MT-NLG arXiv
 *     24.7   14.9    8  Pythia arXiv
 *     31.3   25.7    3  Nemotron-4 340B arXiv
 *     86.5   74.1    2  karpathy/llm.c
 *     14.8   10.3  216  mosaicml/llm-foundry
 *     16.6   15.2  111  NVIDIA-NeMo/Megatron-Bridge
 *      7.5    6.4    8  AI-Hypercomputer/maxtext
 *     37.4   27.0    8  aws-neuron/aws-neuron-sdk
 *     12.3   10.4    5  mlcommons/training_results_v4.0
 * serving: 962 rows
 *     11.5   10.0  234  aws-neuron/aws-neuron-sdk
 *     14.7    9.5  200  XiongjieDai/GPU-Benchmarks-on-LLM-Inference
 *     43.7   22.7    3  ggml-org/llama.cpp
 *     13.2   12.9    2  brand-o/normiebench
 *     25.1   19.3  466  ai-dynamo/aiconfigurator
 *     12.2    9.9   50  NVIDIA/FasterTransformer
 *     67.3   43.3    1  AI-Hypercomputer/JetStream
 *      5.5    4.5    6  huggingface spaces embedl/Edge-Inference-Benc
 * samples: 172 rows
 *     11.4    6.7   10  mosaicml/diffusion
 *     21.9   19.5   33  aws-neuron/aws-neuron-sdk
 *     13.1    9.4   16  mlcommons/training_results_v4.0
 *     21.4   13.3   27  stanford-futuredata/gavel
 *     14.7   11.8   61  NVIDIA/DeepLearningExamples
 *     28.2   20.5    5  aallan/benchmarking-ml-on-the-edge
 *     19.7   19.2   16  hailo-ai/hailo_model_zoo
 *     20.4    8.7    4  mlcommons/inference_results_v3.1
 * memory: 188 rows
 *      0.0    0.0   16  Korthikanti et al. arXiv
 *      3.4    3.0   84  bigscience-workshop/bigscience
 *      0.0    0.0   54  ZeRO arXiv
 *     19.6   19.6    2  microsoft/DeepSpeed
 *      0.1    0.1    1  huggingface/accelerate
 *      2.8    1.1   12  NVIDIA/FasterTransformer
 *      0.0    0.0   18  2*L*n_kv*d_head*2B from HF config.json
 *      0.0    0.0    1  (not named)
 */

/**
 * Of each model: its coefficients with the standard deviations of their logarithms, and by quantity
 * the widths of 80 % intervals: floor, doubling, below, above (see `IntervalWidth`).
 */
export const FITTED_TABLE = `
model training
products 0.703498 0.022249
traffic 0.761401 0.245649
attention 0.356712 0.0877415
elementwise 1.54158 0.183284
launch 0.000136637 0.495226
routedLaunch 0.00344808 0.235143
link 0.848205 0.166204
network 0.857943 0.152388
tensorExposed 0.837833 0.133877
expertExposed 0.447541 0.293087
overlap 0.757693 0.266642
experts 0.843939 0.131041
scale 0.00928505 0.233555
casts 0.288318 0.591594
run 1.25159 0.032725
products.volta 1 0.08
products.ampere 0.962288 0.025636
products.ada 0.986278 0.077263
products.hopper 1.04365 0.046658
products.blackwell 1.00765 0.0655374
products.tpu 1.0515 0.0720591
products.tpu-v6 0.964224 0.0641588
products.neuron 0.936437 0.062885
products.gaudi 1 0.08
attention.volta 0.999999 0.3
attention.ampere 1.07243 0.14762
attention.ada 0.916307 0.27309
attention.hopper 0.657337 0.141709
attention.blackwell 1.02945 0.234266
attention.tpu 1.04766 0.297908
attention.tpu-v6 0.982597 0.285952
attention.neuron 0.92391 0.284654
attention.gaudi 0.999999 0.3
width training-hours: 0.1 0.02 -4.03486 5.4276
width training-tokens: 0.1 0.02 -1.72737 1.53836
width training-hours, dense: 0.1 0.02 -4.95521 7.10492
width training-tokens, dense: 0.1 0.02 -1.47486 1.56161
width training-tokens, mixture of experts: 0.1 0.02 -2.6294 1.78722
model serving
memory 0.776178 0.0365563
reach 1344730000000 0.196226
cache 0.433708 0.108977
arithmetic 0.79624 0.0466166
attention 0.368167 0.25746
traffic 1.16762 0.155696
launch 0.0000366424 0.095627
routed 0.0000350759 0.21968
eager 5.54517 0.175791
tile 72.7498 0.353086
reduce 0.0000114716 0.0871975
link 0.556522 0.0893598
network 0.0000273133 0.615673
step 0.00078534 0.396984
request 0.0000175544 0.345989
first 0.0627367 0.168125
late 0.582462 0.2119
burst 0.160148 0.0853668
launch:llama.cpp 2.79153 0.204735
launch:fastertransformer 2.27886 0.219152
launch:neuron 1.04046 0.118409
launch:sglang 1.22692 0.164108
launch:vllm 0.894612 0.20222
launch:trtllm 0.842601 0.23197
arithmetic:llama.cpp 0.532058 0.0538128
step:static 0.310845 0.466837
cache:static 0.837413 0.121146
traffic:static 2.05717 0.15695
link:static 0.770474 0.101583
eager:static 0.199999 0.5
burst:sglang 2.40394 0.112967
burst:vllm 0.467775 0.202844
burst:trtllm 0.71208 0.160875
memory:ampere 1.00429 0.0765432
arithmetic:ampere 0.977924 0.102791
launch:ampere 1.12116 0.146741
memory:ampere-small 1.11179 0.0710795
arithmetic:ampere-small 1.06156 0.0948935
launch:ampere-small 0.977178 0.183268
memory:ada 1.17682 0.0820972
arithmetic:ada 0.906157 0.0883657
launch:ada 0.941165 0.179679
memory:hopper 1.04908 0.0937348
arithmetic:hopper 1.03173 0.114072
launch:hopper 0.999493 0.163576
memory:blackwell 1.00535 0.0877841
arithmetic:blackwell 0.987513 0.165172
launch:blackwell 0.952804 0.127864
memory:blackwell-small 1.06628 0.0863569
arithmetic:blackwell-small 0.999999 0.2
launch:blackwell-small 1.00887 0.199101
memory:cdna3 0.999999 0.12
arithmetic:cdna3 0.999999 0.2
launch:cdna3 0.999999 0.2
memory:tpu 0.919366 0.112442
arithmetic:tpu 0.947019 0.198076
launch:tpu 1.01289 0.199888
memory:neuron 1.00053 0.0326497
arithmetic:neuron 1.10485 0.143091
memory:apple 0.979331 0.0802544
arithmetic:apple 1.60891 0.126395
launch:apple 1.04209 0.192203
memory:x86 0.991586 0.181472
arithmetic:x86 0.551076 0.134152
launch:x86 0.982034 0.199714
memory:amx 0.606285 0.13567
arithmetic:amx 0.699994 0.4
launch:amx 1.03678 0.198705
width output-tokens: 0.1 0.02 -4.32489 1.42987
width time-to-first-token: 0.1 0.02 -4.44593 5.96439
width time-per-token: 0.1 0.02 -1.4746 1.20177
width prefill-tokens: 0.1 0.02 -3.90003 2.9529
width request-latency: 0.1 0.02 -1.33556 2.45004
width output-tokens, dense: 0.1 0.02 -4.32489 1.42987
width time-to-first-token, dense: 0.1 0.02 -5.45237 4.84032
width time-per-token, dense: 0.1 0.02 -1.51989 1.0574
width prefill-tokens, dense: 0.1 0.02 -3.90003 2.9529
width time-per-token, mixture of experts: 0.1 0.02 -2.39997 2.26431
width time-to-first-token, mixture of experts: 0.1 0.02 -4.29372 8.4969
width request-latency, dense: 0.1 0.02 -1.33556 2.45004
model samples
products 0.68649 0.0342961
convolutions 0.786643 0.0462502
vector 0.738593 0.0650669
memory 0.806962 0.0537482
forward 5.53728 0.0902194
training 19.2654 0.0757788
blocks 0.746695 0.129369
fusedForward 0.28281 0.107582
fusedTraining 0.651323 0.0921948
scores 0.772688 0.350078
serial 0.936431 0.0918388
pipelined 0.400165 0.185659
launch 0.0000682069 0.101426
gap 0.00000336254 0.317888
step 0.0141486 0.206557
tuned 0.150766 0.363719
filled 0.48381 0.0787671
overlap 0.651124 0.190846
network 0.674836 0.192114
link 0.447135 0.222128
shared 0.0802676 0.35645
onChip 0.00174638 0.174489
products:kepler 0.999999 0.15
vector:kepler 0.425847 0.106801
launch:kepler 1.00229 0.19999
gap:kepler 1.00522 0.299974
products:pascal 0.838926 0.120309
vector:pascal 0.975901 0.130659
launch:pascal 0.983528 0.194204
gap:pascal 1.00673 0.299822
products:volta 1.02611 0.117857
vector:volta 1.14191 0.0985175
launch:volta 1.06381 0.112329
gap:volta 0.999658 0.299442
products:turing 0.966608 0.142712
vector:turing 0.963874 0.153491
launch:turing 1.02205 0.1297
gap:turing 1.00573 0.299776
products:ampere 0.991098 0.0823351
vector:ampere 0.999999 0.2
launch:ampere 1.00831 0.197312
gap:ampere 1.00479 0.29909
products:ada 1.12094 0.102231
vector:ada 0.999999 0.2
launch:ada 0.999999 0.2
gap:ada 0.993548 0.291093
products:hopper 1.0815 0.11544
vector:hopper 0.999999 0.2
launch:hopper 0.999999 0.2
gap:hopper 0.9732 0.282444
products:blackwell 0.999999 0.15
vector:blackwell 0.999999 0.2
launch:blackwell 0.999999 0.2
gap:blackwell 0.999999 0.3
products:other-gpu 0.799999 0.2
vector:other-gpu 0.999999 0.2
launch:other-gpu 0.999999 0.2
gap:other-gpu 0.999999 0.3
products:tpu 0.999999 0.15
vector:tpu 0.999999 0.2
launch:tpu 0.999999 0.2
gap:tpu 0.999999 0.3
products:neuron 0.645379 0.0502138
vector:neuron 0.999999 0.2
launch:neuron 0.999999 0.2
gap:neuron 1.03895 0.284542
products:other-npu 0.799999 0.2
vector:other-npu 0.999999 0.2
launch:other-npu 0.999999 0.2
gap:other-npu 0.999999 0.3
products:edge 1.07855 0.0794624
vector:edge 0.999999 0.2
launch:edge 0.999999 0.2
gap:edge 1.02737 0.298144
products:cpu 0.67343 0.105681
vector:cpu 0.999999 0.2
launch:cpu 0.999999 0.2
gap:cpu 1.01057 0.299886
width training-samples: 0.1 0.02 -4.75812 1.71383
width samples: 0.1 0.02 -4.70577 2.28576
width training-samples, encoder: 0.1 0.02 -4.46003 1.46423
width samples, convolution: 0.1 0.02 -4.31851 2.11785
width training-samples, convolution: 0.1 0.02 -4.96932 2.46199
model memory
slack 1.0305 0.0199841
deepspeedSlack 1.16467 0.0265513
contextGib 0.753066 0.199657
communicatorGib 0.362113 0.199301
halfGradients 0.808158 0.286523
servingContextGib 2.72313 0.164699
servingBuffers 2.03691 0.314728
width model-states: 0.1 0.02 -0.001 0.0121592
width activations: 0.1 0.02 -0.00125 0.00125
width cache-per-token: 0.1 0.02 -0.001 0.001
width model-states, dense: 0.1 0.02 -0.00165432 0.001
`;
