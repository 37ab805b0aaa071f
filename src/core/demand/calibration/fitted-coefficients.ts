/*
 * Written by `npm run calibrate`: what measurements make of the models of time and memory. Median
 * errors by source, in per cent: of a fit that did not see the source, of this fit; rows; the source.
 *
 * training: 537 rows
 *     12.4   14.1    7  LLaMA paper arXiv
 *     25.7   14.4    8  meta-llama/llama-models
 *     14.4   13.7   22  Megatron-LM SC21 arXiv
 *     14.5   12.2    8  Korthikanti et al. arXiv
 *      7.3    7.3  123  bigscience-workshop/bigscience
 *     10.3    9.0    1  Luccioni et al. arXiv
 *    165.1  133.1    1  arXiv
 *     30.6   27.4    1  allenai.org/blog/olmo2-32B
 *     11.5    9.2    2  OLMo 3 tech report via muxup.com/2025q4/minip
 *     45.8   42.0    3  MT-NLG arXiv
 *     19.1    8.7    8  Pythia arXiv
 *     32.1   27.6    3  Nemotron-4 340B arXiv
 *     61.0   53.6    2  karpathy/llm.c
 *     10.1    8.9  216  mosaicml/llm-foundry
 *     16.6   14.7  111  NVIDIA-NeMo/Megatron-Bridge
 *      9.0    6.7    8  AI-Hypercomputer/maxtext
 *     38.3   27.6    8  aws-neuron/aws-neuron-sdk
 *     13.2   11.3    5  mlcommons/training_results_v4.0
 * serving: 962 rows
 *     10.9    9.6  234  aws-neuron/aws-neuron-sdk
 *     14.8   10.1  200  XiongjieDai/GPU-Benchmarks-on-LLM-Inference
 *     44.0   28.3    3  ggml-org/llama.cpp
 *     13.1   12.8    2  brand-o/normiebench
 *     24.4   18.8  466  ai-dynamo/aiconfigurator
 *     11.6    9.8   50  NVIDIA/FasterTransformer
 *     67.2   50.5    1  AI-Hypercomputer/JetStream
 *      5.7    4.4    6  huggingface spaces embedl/Edge-Inference-Benc
 * samples: 172 rows
 *      9.6    8.0   10  mosaicml/diffusion
 *     22.7   19.8   33  aws-neuron/aws-neuron-sdk
 *      7.7    7.9   16  mlcommons/training_results_v4.0
 *     20.6   15.3   27  stanford-futuredata/gavel
 *     16.0   11.3   61  NVIDIA/DeepLearningExamples
 *     25.8   17.5    5  aallan/benchmarking-ml-on-the-edge
 *     19.4   18.3   16  hailo-ai/hailo_model_zoo
 *     21.9    7.9    4  mlcommons/inference_results_v3.1
 * memory: 188 rows
 *      0.0    0.0   16  Korthikanti et al. arXiv
 *      3.4    3.1   84  bigscience-workshop/bigscience
 *      0.0    0.0   54  ZeRO arXiv
 *     19.6   19.6    2  microsoft/DeepSpeed
 *      0.1    0.1    1  huggingface/accelerate
 *      2.8    1.1   12  NVIDIA/FasterTransformer
 *      0.0    0.0   18  2*L*n_kv*d_head*2B from HF config.json
 *      0.0    0.0    1  (not named)
 */

/**
 * Of each model: its coefficients with the standard deviations of their logarithms, by quantity
 * the widths of 80 % intervals (floor, doubling, below, above: see `IntervalWidth`), and the shares of
 * errors that a task, a generation and a device have in common (see `ErrorShares`).
 */
export const FITTED_TABLE = `
model training
products 0.704113 0.0239198
traffic 0.75845 0.248784
attention 0.353225 0.0837838
elementwise 0.895143 0.153032
launch 0.000136515 0.495498
routedLaunch 0.00333779 0.240056
link 0.808198 0.163301
network 0.838349 0.151474
tensorExposed 0.86177 0.132645
expertExposed 0.486659 0.280302
overlap 0.763413 0.266965
experts 0.809055 0.126473
scale 0.00916892 0.240086
casts 0.293202 0.591308
run 1.21141 0.0376569
products.volta 1 0.08
products.ampere 1.01736 0.0286784
products.ada 0.984054 0.0771893
products.hopper 1.00058 0.0456364
products.blackwell 1.00249 0.0651267
products.tpu 1.05265 0.0718557
products.tpu-v6 0.963458 0.0634046
products.neuron 0.930676 0.0625884
products.gaudi 1 0.08
attention.volta 0.999998 0.3
attention.ampere 1.12018 0.134208
attention.ada 0.900549 0.271171
attention.hopper 0.660436 0.140806
attention.blackwell 0.969446 0.222883
attention.tpu 1.04832 0.297871
attention.tpu-v6 0.968664 0.284336
attention.neuron 0.927145 0.284219
attention.gaudi 0.999998 0.3
width training-hours: 0.1 0.02 -4.41645 4.13196
width training-tokens: 0.1 0.02 -1.55786 1.39109
width training-tokens, dense: 0.1 0.02 -1.50159 1.38172
width training-tokens, mixture of experts: 0.1 0.02 -1.96699 1.66776
shares: 0.109218 0.39676 0.00744407
model serving
memory 0.778721 0.036679
reach 1361340000000 0.200164
cache 0.463482 0.110228
arithmetic 0.781592 0.0459131
attention 0.374751 0.256619
traffic 1.05132 0.176597
launch 0.0000366376 0.0957483
routed 0.0000349795 0.2207
eager 5.63122 0.175841
tile 69.7637 0.355011
reduce 0.0000111933 0.0884085
link 0.557582 0.0859952
network 0.0000264611 0.619009
step 0.00080765 0.392372
request 0.0000170673 0.346756
first 0.0615854 0.171291
late 0.593955 0.2095
burst 0.163764 0.0845578
launch:llama.cpp 2.77378 0.204943
launch:fastertransformer 2.26198 0.220089
launch:neuron 1.03606 0.118379
launch:sglang 1.18385 0.166408
launch:vllm 0.914259 0.199389
launch:trtllm 0.867413 0.229136
arithmetic:llama.cpp 0.535813 0.0531412
step:static 0.311357 0.464739
cache:static 0.808482 0.121588
traffic:static 1.91474 0.177052
link:static 0.740115 0.0969699
eager:static 0.199999 0.5
burst:sglang 2.32685 0.112944
burst:vllm 0.476606 0.198492
burst:trtllm 0.738342 0.157784
memory:ampere 0.999374 0.0768714
arithmetic:ampere 0.979542 0.101354
launch:ampere 1.11412 0.147082
memory:ampere-small 1.10934 0.0710921
arithmetic:ampere-small 1.06364 0.0939873
launch:ampere-small 0.978927 0.183308
memory:ada 1.17342 0.082042
arithmetic:ada 0.904434 0.0869714
launch:ada 0.944109 0.179718
memory:hopper 1.03748 0.0940298
arithmetic:hopper 1.01604 0.11205
launch:hopper 0.998547 0.163112
memory:blackwell 1.00228 0.0879944
arithmetic:blackwell 0.993023 0.163941
launch:blackwell 0.95986 0.12826
memory:blackwell-small 1.06518 0.086476
arithmetic:blackwell-small 0.999999 0.2
launch:blackwell-small 1.00925 0.19906
memory:cdna3 0.999999 0.12
arithmetic:cdna3 0.999999 0.2
launch:cdna3 0.999999 0.2
memory:tpu 0.94768 0.113117
arithmetic:tpu 0.961011 0.197729
launch:tpu 1.00905 0.199878
memory:neuron 0.992201 0.0329953
arithmetic:neuron 1.07667 0.136558
memory:apple 0.981485 0.0802556
arithmetic:apple 1.57694 0.126048
launch:apple 1.04104 0.192231
memory:x86 0.950419 0.181283
arithmetic:x86 0.536645 0.13387
launch:x86 0.987577 0.199734
memory:amx 0.654356 0.136243
arithmetic:amx 0.699993 0.4
launch:amx 1.03101 0.198531
width output-tokens: 0.1 0.02 -3.33364 1.10523
width time-to-first-token: 0.1 0.02 -4.50108 5.95003
width time-per-token: 0.1 0.02 -1.42934 1.26791
width prefill-tokens: 0.1 0.02 -3.52591 3.08453
width request-latency: 0.1 0.02 -1.14876 2.04421
width output-tokens, dense: 0.1 0.02 -3.33364 1.10523
width time-to-first-token, dense: 0.1 0.02 -5.28401 4.86661
width time-per-token, dense: 0.1 0.02 -1.47682 1.13629
width prefill-tokens, dense: 0.1 0.02 -3.52591 3.08453
width time-per-token, mixture of experts: 0.1 0.02 -1.88812 2.00931
width time-to-first-token, mixture of experts: 0.1 0.02 -3.98874 7.42692
width request-latency, dense: 0.1 0.02 -1.14876 2.04421
shares: 0.393907 0.0330375 0.0170267
model samples
products 0.697759 0.0342545
convolutions 0.771997 0.0463466
vector 0.749281 0.0656557
memory 0.801002 0.053095
forward 5.52597 0.0892321
training 19.67 0.075824
blocks 0.724924 0.131361
fusedForward 0.293865 0.106245
fusedTraining 0.632455 0.0932497
scores 0.7448 0.360643
serial 0.941588 0.0911672
pipelined 0.39841 0.186594
launch 0.0000682533 0.10158
gap 0.00000328201 0.320079
step 0.0142073 0.204678
tuned 0.153924 0.35697
filled 0.488494 0.0787945
overlap 0.669727 0.172052
network 0.656691 0.184659
link 0.492448 0.224699
shared 0.0719493 0.381394
onChip 0.00191171 0.177059
products:kepler 0.999999 0.15
vector:kepler 0.441559 0.107988
launch:kepler 1.00177 0.199988
gap:kepler 1.00442 0.299974
products:pascal 0.886924 0.120544
vector:pascal 0.974288 0.131583
launch:pascal 0.984857 0.194138
gap:pascal 1.005 0.299826
products:volta 1.01756 0.117889
vector:volta 1.13606 0.0990905
launch:volta 1.06273 0.112394
gap:volta 1.00033 0.299469
products:turing 0.968397 0.142695
vector:turing 0.960128 0.154023
launch:turing 1.02161 0.129719
gap:turing 1.00551 0.299787
products:ampere 0.987701 0.0826086
vector:ampere 0.999999 0.2
launch:ampere 1.00912 0.198092
gap:ampere 1.00394 0.299146
products:ada 1.10268 0.10337
vector:ada 0.999999 0.2
launch:ada 0.999999 0.2
gap:ada 0.989866 0.291088
products:hopper 1.07468 0.114415
vector:hopper 0.999999 0.2
launch:hopper 0.999999 0.2
gap:hopper 0.983683 0.283974
products:blackwell 0.999999 0.15
vector:blackwell 0.999999 0.2
launch:blackwell 0.999999 0.2
gap:blackwell 0.999998 0.3
products:other-gpu 0.799999 0.2
vector:other-gpu 0.999999 0.2
launch:other-gpu 0.999999 0.2
gap:other-gpu 0.999998 0.3
products:tpu 0.999999 0.15
vector:tpu 0.999999 0.2
launch:tpu 0.999999 0.2
gap:tpu 0.999998 0.3
products:neuron 0.648307 0.0500782
vector:neuron 0.999999 0.2
launch:neuron 0.999999 0.2
gap:neuron 1.0285 0.284602
products:other-npu 0.799999 0.2
vector:other-npu 0.999999 0.2
launch:other-npu 0.999999 0.2
gap:other-npu 0.999998 0.3
products:edge 1.05707 0.078939
vector:edge 0.999999 0.2
launch:edge 0.999999 0.2
gap:edge 1.0217 0.297999
products:cpu 0.703484 0.105941
vector:cpu 0.999999 0.2
launch:cpu 0.999999 0.2
gap:cpu 1.00848 0.299875
width training-samples: 0.1 0.02 -4.5004 1.40592
width samples: 0.1 0.02 -4.60608 2.18038
width training-samples, encoder: 0.1 0.02 -5.05872 1.4235
width samples, convolution: 0.1 0.02 -4.22264 1.92316
width training-samples, convolution: 0.1 0.02 -4.95277 2.50767
shares: 0.461408 0.195183 0.0237453
model memory
slack 1.03033 0.0199841
deepspeedSlack 1.16435 0.0265512
contextGib 0.752691 0.199657
communicatorGib 0.361851 0.199302
halfGradients 0.808335 0.286518
servingContextGib 2.7233 0.164696
servingBuffers 2.03699 0.314725
width model-states: 0.1 0.02 -0.001 0.00759057
width activations: 0.1 0.02 -0.001 0.001
width cache-per-token: 0.1 0.02 -0.001 0.001
width model-states, dense: 0.1 0.02 -0.001 0.001
shares: 0.429145 0 0
`;
