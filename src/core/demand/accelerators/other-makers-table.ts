/**
 * Parts of all makers but NVIDIA. Columns and the short names of sources: see accelerator-rows.ts.
 * A TPU's link rate is half of the sheet's bidirectional total. Processors' memory is the most that
 * a socket takes; parts that keep everything on the chip have none (0) and no bandwidth that could
 * bound them.
 */
export const OTHER_MAKERS_TABLE = `
= AMD
. MI100           gpu cdna            2020 32      1229 46.1 0    92.3   184.6  0      184.6  0     138 12.5 4 300
  MI100 datasheet (from memory)
. MI210           gpu cdna2           2022 64      1638 22.6 0    181    181    0      181    0     150 12.5 4 300
  llm-analysis mi210-64gb.json; MI210 datasheet (from memory)
. MI250           gpu cdna2           2021 128     3277 45.3 0    362    362    0      362    0     300 25 4 560
  MI250 datasheet, both dies (from memory)
. MI250X          gpu cdna2           2021 128     3277 47.9 0    383    383    0      383    0     350 25 4 560
  stas00; 500 W, 560 at peak, datasheet (from memory); its two dies of 64 GB appear as two devices
+ MI300X          gpu cdna3           2023 192     5300 163  654  1307.4 1307.4 2614.9 2614.9 0     448 50 8 750
  stas00
+ MI325X          gpu cdna3           2024 256     6000 163  654  1307.4 1307.4 2614.9 2614.9 0     448 50 8 1000
  stas00
+ MI350X          gpu cdna4           2025 288     8000 144  0    2306.9 2306.9 4613.7 4613.7 9227.5 535 50 8 1000
  MI350X datasheet (from memory); memory, links stas00
+ MI355X          gpu cdna4           2025 288     8000 157  0    2516.6 2516.6 5033.2 5033.2 10066.3 535 50 8 1400
  MI355X datasheet (from memory); stas00 rounds to 2,500, 5,000, fp4 10,100
. MI455X          gpu cdna5           2026 432     23300 315 0    5000   5000   10000  5000   20000 1800 300 72 -
  stas00 (announced); domain Helios, network three of 800 Gbit/s (from memory)
. RX7900-XTX      gpu rdna3           2022 24      960  61.4 0    122.8  122.8  0      122.8  0     31.5 1.25 4 355
  fp32, bandwidth, watts guru3d.com; WMMA 512 operations a cycle and unit: twice fp32 (from memory)
. EPYC-9654       cpu x86             2022 6144    460.8 7.37 0   14.7   0      0      29.5   0     64 12.5 2 360
  computed at 2.4 GHz base: 32 fp32, 64 bf16, 128 int8 a cycle and core; 12 DDR5-4800
. EPYC-Genoa-per-core cpu x86             2022 64      4.8  0.114 0   0.227  0      0      0.454  0     64 12.5 1 3.75
  computed at 3.55 GHz, one of 96 cores of an EPYC 9654

= Intel
+ Gaudi2          npu gaudi           2022 96      2460 0    0    432    0      865    0      0     262 37.5 8 600
  stas00; 21 of its 24 ports of 100 Gbit/s to neighbours, three to the network
+ Gaudi3          npu gaudi           2024 128     3700 229  0    1677   459    1677   0      0     525 75 8 900
  stas00 (Intel's white paper has 1,835 at a higher clock); 21 and three ports of 200 Gbit/s
. Arc-Pro-B60     gpu arc             2025 24      456  12.3 0    98.3   98.3   0      197    0     28.4 1.25 4 200
  aic b60.yaml (it reaches 48 % of the sheet's memory bandwidth)
. Xeon-8480+      cpu amx             2023 4096    307.2 7.2 0    114.7  0      0      229.4  0     48 12.5 2 350
  computed at 2.0 GHz base: AMX 1,024 bf16, 2,048 int8 a cycle and core; 8 DDR5-4800; UPI 48 (from memory)
. Xeon-8592+      cpu amx             2023 4096    358.4 7.8 0    124.5  0      0      249    0     60 12.5 2 350
  computed at 1.9 GHz base, per core as Xeon-8480+; 8 DDR5-5600
. Core-i9-13900K  cpu x86             2022 128/192 89.6 2.5  0    0      0      0      10     0     16 1.25 1 253
  computed: 8 cores at 5.4 GHz with 32 fp32 a cycle, 16 at 4.3 with 16; int8 VNNI four times; 2 DDR5-5600

= Google
+ tpu-v2          tpu tpu             2017 16      700  0    0    46     0      0      0      0     124 124 256 280
  Jouppi et al., CACM 2020 (from memory); cloud.google.com/tpu/docs/v2
+ tpu-v3          tpu tpu             2018 32      900  0    0    123    0      0      0      0     164 164 1024 450
  cloud.google.com/tpu/docs/v3; watts, links Jouppi et al., CACM 2020 (from memory)
+ tpu-v4          tpu tpu             2021 32      1200 0    0    275    0      0      275    0     150 150 1024 192
  cloud.google.com/tpu/docs/v4; links arXiv:2304.01433 (from memory)
+ tpu-v5e         tpu tpu             2023 16      819  0    0    197    0      0      394    0     100 100 256 -
  cloud.google.com/tpu/docs/v5e; stas00
+ tpu-v5p         tpu tpu             2023 95      2765 0    0    459    0      0      918    0     300 300 1024 -
  cloud.google.com/tpu/docs/v5p; stas00
+ tpu-v6e         tpu tpu-v6          2024 32      1640 0    0    918    0      0      1836   0     200 200 256 -
  cloud.google.com/tpu/docs/v6e; stas00
. tpu-v7          tpu tpu-v7          2025 192     7370 0    0    2307   0      4614   0      0     600 600 9216 -
  cloud.google.com/tpu/docs/tpu7x; stas00
. Coral           edge edge-tpu       2019 0       inf  0    0    0      0      0      4      0     0.5 0.125 1 2
  coral.ai Edge TPU datasheet: 4 int8, 8 MB on the chip (from memory)

= AWS
. Inferentia      npu neuron          2019 8       50   0    0    64     64     0      128    0     16 1.5 16 -
  neuron-sdk inferentia.rst; links half of 32 GiB/s a chip
+ Inferentia2     npu neuron          2023 32      820  47.5 190  190    190    190    380    0     96 1.5 12 -
  neuron-sdk inferentia2.rst, inf2-arch.rst (fp8 is cFP8); links half of 192 GB/s a chip
+ Trainium        npu neuron          2022 32      820  47.5 190  190    190    190    380    0     192 6.25 16 -
  neuron-sdk trainium.rst, trn1-arch.rst (fp8 is cFP8); links half of 384 GB/s a chip
+ Trainium2       npu neuron          2024 96      2900 181  667  667    667    1299   0      0     640 25 16 -
  neuron-sdk trainium2.rst; links half of 1,280 GB/s a chip
. Trainium3       npu neuron          2025 144     4900 183  671  671    671    2517   0      2517  1280 25 64 -
  neuron-sdk trainium3.rst (fp8 is MXFP8); links half of 2,560 GB/s a chip

= Huawei
. Ascend-910B     npu ascend          2023 64      1600 0    0    376    376    0      0      0     196 25 8 -
  280 to 414 by variant; one die of arXiv:2506.12708 (from memory); low confidence
. Ascend-910C     npu ascend          2025 128     3200 0    0    752    752    0      1504   0     392 50 384 -
  two dies, CloudMatrix384, arXiv:2506.12708, section 3 (from memory)
. Ascend-950DT    npu ascend          2026 96      4000 0    0    486    486    919    0      1783  840 50 8192 -
  stas00 (announced); domain Atlas 950 (from memory)

= Apple
. M1              gpu apple           2020 8/16    68.3 2.6  0    0      2.6    0      0      0     5 0.125 1 20
  llmcheck.net bandwidth table; 8 cores x 128 x 2 x 1.28 GHz, fp16 as fp32 (from memory)
. M1-Pro          gpu apple           2021 16/32   200  5.3  0    0      5.3    0      0      0     5 1.25 1 40
  llmcheck.net bandwidth table; Apple press release (from memory)
. M1-Max          gpu apple           2021 64/32   400  10.6 0    0      10.6   0      0      0     5 1.25 1 60
  llmcheck.net bandwidth table; 32 cores x 128 x 2 x 1.296 GHz (from memory)
. M1-Ultra        gpu apple           2022 64/128  800  21.2 0    0      21.2   0      0      0     5 1.25 1 120
  llmcheck.net bandwidth table; two M1 Max
. M2              gpu apple           2022 8/16/24 100  3.6  0    0      3.6    0      0      0     5 0.125 1 20
  llmcheck.net bandwidth table; Apple press release (from memory)
. M2-Pro          gpu apple           2023 16/32   200  6.8  0    0      6.8    0      0      0     5 1.25 1 40
  llmcheck.net bandwidth table; Apple press release (from memory)
. M2-Max          gpu apple           2023 64/32/96 400 13.6 0    0      13.6   0      0      0     5 1.25 1 60
  llmcheck.net bandwidth table; Apple press release (from memory)
. M2-Ultra        gpu apple           2023 192/64/128 800 27.2 0  0      27.2   0      0      0     5 1.25 1 120
  Apple press release (from memory); llama.cpp discussion 4167
. M3              gpu apple           2023 8/16/24 100  3.6  0    0      3.6    0      0      0     5 0.125 1 20
  llmcheck.net bandwidth table; 10 cores x 128 x 2 x 1.4 GHz (from memory)
. M3-Pro          gpu apple           2023 18/36   150  6.4  0    0      6.4    0      0      0     5 1.25 1 40
  llmcheck.net bandwidth table; 18 cores x 128 x 2 x 1.4 GHz (from memory)
. M3-Max          gpu apple           2023 64/36/48/96/128 400 14.3 0 0  14.3   0      0      0     5 1.25 1 60
  llmcheck.net bandwidth table; 40 cores x 128 x 2 x 1.4 GHz (from memory)
. M3-Ultra        gpu apple           2025 512/96/256 819 28.7 0  0      28.7   0      0      0     10 1.25 1 140
  Apple press release (from memory); 80 cores x 128 x 2 x 1.4 GHz
. M4              gpu apple           2024 16/24/32 120 4.3  0    0      4.3    0      0      0     5 0.125 1 22
  llmcheck.net bandwidth table; 10 cores x 128 x 2 x 1.68 GHz (from memory)
. M4-Pro          gpu apple           2024 24/48/64 273 8.6  0    0      8.6    0      0      0     10 1.25 1 45
  llmcheck.net bandwidth table; 20 cores x 128 x 2 x 1.68 GHz (from memory)
. M4-Max          gpu apple           2024 128/36/48/64 546 17.2 0 0     17.2   0      0      0     10 1.25 1 75
  Apple press release (from memory); 40 cores x 128 x 2 x 1.68 GHz

= Raspberry Pi
. Raspberry-Pi-4  cpu arm             2019 4/2/8   12.8 0.048 0   0      0      0      0.096  0     0.5 0.125 1 8
  computed: 4 Cortex-A72 x 1.5 GHz x 8 fp32, 16 int8 a cycle; LPDDR4-3200 x32
. Raspberry-Pi-5  cpu arm             2023 8/2/4/16 17.1 0.154 0  0      0.307  0      0.614  0     0.5 0.125 1 12
  computed: 4 Cortex-A76 x 2.4 GHz x 16 fp32, 32 fp16, 64 int8 (dot product); LPDDR4X-4267 x32

= Hailo
. Hailo-8         edge hailo          2020 0       inf  0    0    0      0      0      26     0     3.9 0.125 1 2.5
  product brief (from memory); everything on the chip
. Hailo-8L        edge hailo          2023 0       inf  0    0    0      0      0      13     0     0.9 0.125 1 1.5
  product brief (from memory); everything on the chip; link PCIe 3 x1 of a Raspberry Pi 5
. Hailo-10H       edge hailo          2025 8/4     17.1 0    0    0      0      0      20     0     3.9 0.125 1 2.5
  awesomeagents.ai hailo-10h: 40 int4, 20 int8, LPDDR4X; bandwidth one 32-bit channel (from memory)
`;
