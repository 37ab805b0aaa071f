/*
 * Written by `npm run calibrate`: what measurements make of the models of time and memory. Median
 * errors by source, in per cent: of a fit that did not see the source, of this fit; rows; the source.
 *
 * training: 549 rows
 *     16.6   17.7    7  LLaMA paper arXiv
 *     18.8   11.4    8  meta-llama/llama-models
 *     19.5   18.8   34  Megatron-LM SC21 arXiv
 *     12.6   11.2    8  Korthikanti et al. arXiv
 *     10.7   11.4  123  bigscience-workshop/bigscience
 *     22.4   20.0    1  Luccioni et al. arXiv
 *    180.4  146.9    1  arXiv
 *     30.2   27.2    1  allenai.org/blog/olmo2-32B
 *     11.9    9.6    2  OLMo 3 tech report via muxup.com/2025q4/minip
 *     40.7   37.1    3  MT-NLG arXiv
 *     24.8   13.8    8  Pythia arXiv
 *     31.7   27.2    3  Nemotron-4 340B arXiv
 *     88.7   78.2    2  karpathy/llm.c
 *     13.8   10.1  216  mosaicml/llm-foundry
 *     17.2   15.2  111  NVIDIA-NeMo/Megatron-Bridge
 *      8.9    6.5    8  AI-Hypercomputer/maxtext
 *     37.4   26.5    8  aws-neuron/aws-neuron-sdk
 *     12.2    9.2    5  mlcommons/training_results_v4.0
 * serving: 962 rows
 *     10.9    9.6  234  aws-neuron/aws-neuron-sdk
 *     14.7   10.1  200  XiongjieDai/GPU-Benchmarks-on-LLM-Inference
 *     44.0   28.3    3  ggml-org/llama.cpp
 *     13.1   12.8    2  brand-o/normiebench
 *     24.4   18.5  466  ai-dynamo/aiconfigurator
 *     11.6    9.8   50  NVIDIA/FasterTransformer
 *     67.2   50.5    1  AI-Hypercomputer/JetStream
 *      5.7    4.4    6  huggingface spaces embedl/Edge-Inference-Benc
 * samples: 172 rows
 *     10.7    6.9   10  mosaicml/diffusion
 *     22.8   20.0   33  aws-neuron/aws-neuron-sdk
 *      7.2    7.9   16  mlcommons/training_results_v4.0
 *     20.6   15.4   27  stanford-futuredata/gavel
 *     16.3   11.3   61  NVIDIA/DeepLearningExamples
 *     26.0   17.5    5  aallan/benchmarking-ml-on-the-edge
 *     19.5   18.2   16  hailo-ai/hailo_model_zoo
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
 * Of each model: its coefficients with the standard deviations of their logarithms, and by quantity
 * the widths of 80 % intervals: floor, doubling, below, above (see `IntervalWidth`).
 */
export const FITTED_TABLE = `
model training
products 0.707719 0.0223605
traffic 0.792202 0.242212
attention 0.361186 0.0888444
elementwise 1.57075 0.181112
launch 0.000141449 0.494908
routedLaunch 0.00327557 0.244414
link 0.807037 0.162014
network 0.838333 0.151501
tensorExposed 0.861208 0.13184
expertExposed 0.487337 0.280338
overlap 0.756953 0.268124
experts 0.828597 0.130778
scale 0.00893484 0.236831
casts 0.289332 0.591636
run 1.27909 0.032725
products.volta 1 0.08
products.ampere 0.978998 0.0258174
products.ada 0.988292 0.0773651
products.hopper 1.0175 0.0464063
products.blackwell 1.00795 0.0656336
products.tpu 1.05111 0.0720601
products.tpu-v6 0.973919 0.0642498
products.neuron 0.934462 0.0631315
products.gaudi 1 0.08
attention.volta 0.999999 0.3
attention.ampere 1.05407 0.146755
attention.ada 0.929318 0.274843
attention.hopper 0.684948 0.146693
attention.blackwell 1.02599 0.235218
attention.tpu 1.04657 0.297962
attention.tpu-v6 0.989177 0.286213
attention.neuron 0.932828 0.285518
attention.gaudi 0.999999 0.3
width training-hours: 0.1 0.02 -4.1568 5.37991
width training-tokens: 0.1 0.02 -1.74971 1.58351
width training-hours, dense: 0.1 0.02 -5.00302 6.99465
width training-tokens, dense: 0.1 0.02 -1.59497 1.58782
width training-tokens, mixture of experts: 0.1 0.02 -2.38989 1.99703
model serving
memory 0.778476 0.0366776
reach 1361560000000 0.200285
cache 0.46351 0.110239
arithmetic 0.782052 0.0459195
attention 0.374596 0.257841
traffic 1.05266 0.176345
launch 0.0000366398 0.0955109
routed 0.000034985 0.219083
eager 5.63423 0.174218
tile 69.8838 0.355112
reduce 0.0000111941 0.0884228
link 0.557376 0.0859534
network 0.000026456 0.619063
step 0.000807803 0.392362
request 0.0000170691 0.346744
first 0.0615508 0.171445
late 0.593929 0.209622
burst 0.164693 0.0844138
launch:llama.cpp 2.77345 0.204967
launch:fastertransformer 2.26326 0.220058
launch:neuron 1.03613 0.118376
launch:sglang 1.18458 0.164742
launch:vllm 0.913937 0.199391
launch:trtllm 0.867342 0.229117
arithmetic:llama.cpp 0.535569 0.0531441
step:static 0.311405 0.464732
cache:static 0.808495 0.121603
traffic:static 1.91565 0.176862
link:static 0.739918 0.0969831
eager:static 0.199999 0.5
burst:sglang 2.35809 0.112667
burst:vllm 0.474469 0.198381
burst:trtllm 0.735994 0.15766
memory:ampere 0.999211 0.0768604
arithmetic:ampere 0.979433 0.101381
launch:ampere 1.11416 0.147074
memory:ampere-small 1.10929 0.0710871
arithmetic:ampere-small 1.0638 0.0939983
launch:ampere-small 0.97901 0.183314
memory:ada 1.17362 0.0820348
arithmetic:ada 0.90462 0.0869867
launch:ada 0.944079 0.179723
memory:hopper 1.03756 0.0939908
arithmetic:hopper 1.01832 0.112115
launch:hopper 0.998624 0.163096
memory:blackwell 1.00177 0.0880074
arithmetic:blackwell 0.991972 0.163847
launch:blackwell 0.9599 0.127207
memory:blackwell-small 1.06519 0.0864745
arithmetic:blackwell-small 0.999999 0.2
launch:blackwell-small 1.00924 0.199061
memory:cdna3 0.999999 0.12
arithmetic:cdna3 0.999999 0.2
launch:cdna3 0.999999 0.2
memory:tpu 0.947688 0.113115
arithmetic:tpu 0.96111 0.197736
launch:tpu 1.00904 0.199878
memory:neuron 0.992203 0.0329904
arithmetic:neuron 1.07656 0.136649
memory:apple 0.981422 0.0802529
arithmetic:apple 1.5771 0.126052
launch:apple 1.04103 0.192236
memory:x86 0.95045 0.181411
arithmetic:x86 0.53549 0.133791
launch:x86 0.98759 0.199735
memory:amx 0.65448 0.136242
arithmetic:amx 0.699993 0.4
launch:amx 1.03095 0.198532
width output-tokens: 0.1 0.02 -4.41524 1.30051
width time-to-first-token: 0.1 0.02 -4.36673 6.25769
width time-per-token: 0.1 0.02 -1.39914 1.25279
width prefill-tokens: 0.1 0.02 -3.63733 3.08945
width request-latency: 0.1 0.02 -1.27174 2.52621
width output-tokens, dense: 0.1 0.02 -4.41524 1.30051
width time-to-first-token, dense: 0.1 0.02 -5.39224 5.10306
width time-per-token, dense: 0.1 0.02 -1.41803 1.11308
width prefill-tokens, dense: 0.1 0.02 -3.63733 3.08945
width time-per-token, mixture of experts: 0.1 0.02 -2.32084 2.30196
width time-to-first-token, mixture of experts: 0.1 0.02 -4.26989 8.53217
width request-latency, dense: 0.1 0.02 -1.27174 2.52621
model samples
products 0.698367 0.0343393
convolutions 0.772583 0.0463729
vector 0.749331 0.0656436
memory 0.801319 0.0530764
forward 5.5337 0.0891762
training 19.6597 0.0756176
blocks 0.725419 0.130234
fusedForward 0.294027 0.106195
fusedTraining 0.632485 0.0929476
scores 0.745635 0.356857
serial 0.941098 0.0911748
pipelined 0.398597 0.18655
launch 0.0000681494 0.101463
gap 0.00000327736 0.320145
step 0.0141962 0.204674
tuned 0.15414 0.356723
filled 0.489241 0.0787241
overlap 0.682327 0.181254
network 0.673965 0.18897
link 0.492986 0.22574
shared 0.0716735 0.37378
onChip 0.0019138 0.176998
products:kepler 0.999999 0.15
vector:kepler 0.441648 0.107972
launch:kepler 1.00176 0.199988
gap:kepler 1.00441 0.299974
products:pascal 0.887122 0.120553
vector:pascal 0.974266 0.131548
launch:pascal 0.985093 0.194151
gap:pascal 1.005 0.299826
products:volta 1.01705 0.117905
vector:volta 1.13584 0.0990723
launch:volta 1.06468 0.112382
gap:volta 1.00041 0.29947
products:turing 0.96833 0.142722
vector:turing 0.960248 0.154038
launch:turing 1.02314 0.129716
gap:turing 1.00554 0.299788
products:ampere 0.990582 0.0827321
vector:ampere 0.999999 0.2
launch:ampere 1.00515 0.197298
gap:ampere 1.00336 0.299147
products:ada 1.10223 0.103389
vector:ada 0.999999 0.2
launch:ada 0.999999 0.2
gap:ada 0.989945 0.291106
products:hopper 1.07372 0.114829
vector:hopper 0.999999 0.2
launch:hopper 0.999999 0.2
gap:hopper 0.983375 0.283948
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
products:neuron 0.648806 0.0502538
vector:neuron 0.999999 0.2
launch:neuron 0.999999 0.2
gap:neuron 1.02842 0.28465
products:other-npu 0.799999 0.2
vector:other-npu 0.999999 0.2
launch:other-npu 0.999999 0.2
gap:other-npu 0.999998 0.3
products:edge 1.05645 0.0789573
vector:edge 0.999999 0.2
launch:edge 0.999999 0.2
gap:edge 1.02169 0.298004
products:cpu 0.702845 0.105947
vector:cpu 0.999999 0.2
launch:cpu 0.999999 0.2
gap:cpu 1.00847 0.299875
width training-samples: 0.1 0.02 -4.79117 1.5262
width samples: 0.1 0.02 -4.56775 2.19939
width training-samples, encoder: 0.1 0.02 -5.00703 1.2347
width samples, convolution: 0.1 0.02 -4.20649 2.06452
width training-samples, convolution: 0.1 0.02 -4.95111 2.51546
model memory
slack 1.03033 0.0199841
deepspeedSlack 1.16435 0.0265512
contextGib 0.752691 0.199657
communicatorGib 0.361851 0.199302
halfGradients 0.808335 0.286518
servingContextGib 2.7233 0.164696
servingBuffers 2.03699 0.314725
width model-states: 0.1 0.02 -0.001 0.0121592
width activations: 0.1 0.02 -0.00125 0.00125
width cache-per-token: 0.1 0.02 -0.001 0.001
width model-states, dense: 0.1 0.02 -0.00165432 0.001
`;
