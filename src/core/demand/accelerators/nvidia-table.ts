/**
 * NVIDIA's parts. Columns and the short names of sources: see accelerator-rows.ts. Of a name that
 * covers several form factors, the SXM one. GeForce cards multiply with fp32 accumulation, at half
 * of the rate that their sheets give for fp16 accumulation; sparse figures are halved.
 */
export const NVIDIA_TABLE = `
= NVIDIA data centre
. K80             gpu kepler          2014 12      240  4.37 0    0      0      0      0      0     15.75 1.5 8 150
  Tesla K80 board spec BD-07317, one of its two dies: half of 24 GiB, 480 GB/s, 8.73 boost, 300 W (from memory)
. P40             gpu pascal          2016 24      346  11.8 0    0      0      0      47     0     15.75 1.5 8 250
  Tesla P40 datasheet: 12 fp32, 47 int8 (from memory)
+ P100            gpu pascal          2016 16      732  10.6 0    0      21.2   0      0      0     80 1.5 4 300
  Tesla P100 datasheet (from memory); NVLink stas00
. P100-PCIe       gpu pascal          2016 16/12   732  9.3  0    0      18.7   0      0      0     15.75 1.5 8 250
  Tesla P100 datasheet (from memory)
+ V100            gpu volta           2017 16      900  15.7 0    0      125    0      0      0     150 1.5 8 300
  V100 datasheet (from memory); NVLink stas00; llm-analysis v100-sxm-16gb.json
+ V100-32GB       gpu volta           2018 32      900  15.7 0    0      125    0      0      0     150 12.5 8 300
  V100 datasheet (from memory); llm-analysis v100-sxm-32gb.json
. V100-PCIe       gpu volta           2017 16/32   900  14   0    0      112    0      0      0     15.75 1.5 8 250
  V100 datasheet (from memory); fp16 and bandwidth also LLM-Viewer
+ V100S           gpu volta           2019 32      1134 16.4 0    0      130    0      0      0     15.7 1.5 8 250
  V100 datasheet (from memory)
+ T4              gpu turing          2018 16      320  8.1  0    0      65     0      130    0     15.7 1.5 8 70
  T4 datasheet (from memory); fp16 and int8 agree with hmc-tech.com A800-40GB-vs-T4
+ T4g             gpu turing          2018 16      320  8.1  0    0      65     0      130    0     15.7 1.5 2 70
  as T4, AWS's g5g
. A2              gpu ampere-small    2021 16      200  4.5  9    18     18     0      36     0     15.75 1.5 8 60
  A2 datasheet (from memory)
+ A10             gpu ampere-small    2021 24      600  31.2 62.5 125    125    0      250    0     31.5 1.5 8 150
  A10 datasheet (from memory)
+ A10G            gpu ampere-small    2021 24      600  35   35   70     70     0      140    0     31.5 1.5 8 300
  llm-analysis a10g-pcie-24gb.json; fp32 and watts A10G datasheet (from memory)
+ A16             gpu ampere-small    2021 16      200  4.5  9    17.9   17.9   0      35.9   0     7.9 1.5 8 62.5
  A16 datasheet, one of four on a board of 250 W (from memory); hmc-tech.com A16-vs-A40 within 3 %
+ A30             gpu ampere-small    2021 24      933  10.3 82   165    165    0      330    0     31.5 1.5 8 165
  aic a30.yaml; fp32, tf32 A30 datasheet (from memory)
+ A40             gpu ampere-small    2020 48      696  37.4 74.8 149.7  149.7  0      299.3  0     31.5 1.5 8 300
  LLM-Viewer; hmc-tech.com A16-vs-A40; watts A40 datasheet (from memory)
+ A100            gpu ampere          2020 40      1555 19.5 156  312    312    0      624    0     300 6.25 8 400
  stas00; bandwidth LLM-Viewer; sysrqmts.com A100-SXM4-40-vs-T4
. A100-PCIe       gpu ampere          2020 40      1555 19.5 156  312    312    0      624    0     31.5 6.25 8 250
  stas00; bandwidth LLM-Viewer; pairs may have an NVLink bridge of 300 GB/s
+ A100-80GB       gpu ampere          2020 80      2039 19.5 156  312    312    0      624    0     300 25 8 400
  aic a100_sxm.yaml; stas00
. A100-80GB-PCIe  gpu ampere          2021 80      1935 19.5 156  312    312    0      624    0     31.5 12.5 8 300
  aic a100_pcie.yaml; stas00; pairs may have an NVLink bridge of 300 GB/s
+ A800            gpu ampere          2022 80      2039 19.5 156  312    312    0      624    0     200 25 8 400
  LLM-Viewer; NVLink 400 GB/s both ways (from memory)
+ L4              gpu ada             2023 24      300  30.3 60   121    121    242    242    0     31.5 1.5 8 72
  aic l4.yaml; fp32, tf32 L4 datasheet (from memory)
+ L40             gpu ada             2022 48      864  90.5 90.5 181.05 181.05 362    362    0     31.5 1.5 8 300
  LLM-Viewer; fp8, tf32, watts L40 datasheet (from memory)
+ L40S            gpu ada             2023 48      864  91.6 183  362.05 362.05 733    733    0     31.5 6.25 8 350
  aic l40s.yaml (46,068 MiB visible); stas00
+ H100            gpu hopper          2022 80      3350 67   495  989.4  989.4  1978.9 1978.9 0     450 50 8 700
  aic h100_sxm.yaml; stas00
+ H100-MEGA       gpu hopper          2022 80      3350 67   495  989.4  989.4  1978.9 1978.9 0     450 50 8 700
  as H100, Google's A3 Mega
+ H100-PCIe       gpu hopper          2022 80      2000 51   378  756.5  756.5  1513   1513   0     63 12.5 8 350
  aic h100_pcie.yaml; stas00; pairs may have an NVLink bridge of 300 GB/s
+ H100-NVL        gpu hopper          2023 94      3900 60   418  835.5  835.5  1670.5 1670.5 0     300 12.5 2 400
  H100 datasheet, sparse halved; 350 to 400 W (from memory)
. H800            gpu hopper          2023 80      3350 67   495  989.4  989.4  1978.9 1978.9 0     200 50 8 700
  DeepSeek-V3, arXiv:2412.19437, section 3 (NVLink 160 GB/s measured; from memory); arithmetic as H100
. H20             gpu hopper          2023 96/141  4000 44   74   148    148    296    296    0     450 50 8 400
  H20 sheet as reported, on no public page of NVIDIA (from memory)
+ H200            gpu hopper          2024 141     4800 67   495  989.4  989.4  1978.9 1978.9 0     450 50 8 700
  aic h200_sxm.yaml; stas00
+ H200-NVL        gpu hopper          2024 141     4800 60   418  835.5  835.5  1670.5 1670.5 0     450 12.5 4 600
  H200 datasheet, sparse halved (from memory)
+ GH200           gpu hopper          2023 96      4000 67   495  989.4  989.4  1978.9 1978.9 0     50 50 1 -
  stas00; modules of 450 to 1,000 W (from memory); clouds hire single ones, joined by the network
. GH200-144GB     gpu hopper          2024 144     4900 67   495  989.4  989.4  1978.9 1978.9 0     50 50 1 -
  GH200 datasheet (from memory); stas00 has 141 GB, 4.8 TB/s
+ B200            gpu blackwell       2024 180/192 7700 75   1125 2250   2250   4500   4500   9000  900 50 8 1000
  aic b200_sxm.yaml; stas00 has 8.0 TB/s, fp32 80; HGX B200 sheet 600/8 = 75 (from memory)
+ B300            gpu blackwell       2025 288     7750 75   1125 2250   2250   4500   153.5  14000 900 100 8 1100
  aic b300_sxm.yaml (275,040 MiB visible, fp4 14,000); stas00 has int8 4,500, fp4 12,600 to 15,000
+ GB200           gpu blackwell       2025 186/192 8000 80   1250 2500   2500   5000   5000   10000 900 50 64 1200
  aic gb200.yaml (189,471 MiB visible); stas00; domain 72 in a rack, 64 used as powers of two
+ GB300           gpu blackwell       2025 288     8000 80   1250 2500   2500   5000   165    15000 900 100 64 1400
  aic gb300.yaml (284,208 MiB visible); stas00 has int8 5,000
. Rubin           gpu rubin           2026 288     22000 130 2000 4000   4000   17500  2500   35000 1800 200 72 -
  stas00 (announced); network ConnectX-9, 1.6 Tbit/s (from memory)

= NVIDIA workstation and GeForce
. RTX8000         gpu turing          2018 48      672  16.3 0    0      130.5  0      261    0     15.75 1.25 8 295
  Quadro RTX 8000 datasheet (from memory)
. RTX6000         gpu turing          2018 24      672  16.3 0    0      130.5  0      261    0     15.75 1.25 8 295
  Quadro RTX 6000 datasheet (from memory)
. RTX2080-Ti      gpu turing          2018 11      616  13.4 0    0      53.8   0      215    0     15.75 1.25 8 250
  Turing white paper, reference clocks, fp32 accumulation (from memory)
. TITAN-RTX       gpu turing          2018 24      672  16.3 0    0      130.5  0      261    0     15.75 1.25 8 280
  Turing white paper (from memory)
. RTX3060         gpu ampere-small    2021 12      360  12.7 12.7 25.5   25.5   0      102    0     15.75 1.25 8 170
  GA106: 3,584 cores at 1.78 GHz, ratios of the GA102 white paper (from memory)
+ RTX3070         gpu ampere-small    2020 8       448  20.3 20.3 40.6   40.6   0      162.6  0     15.75 1.25 8 220
  GA102 white paper, appendix A, fp32 accumulation (from memory)
+ RTX3080         gpu ampere-small    2020 10      760  29.8 29.8 59.5   59.5   0      238    0     15.75 1.25 8 320
  GA102 white paper, fp32 accumulation (from memory)
+ RTX3080-Ti      gpu ampere-small    2021 12      912  34.1 34.1 68.2   68.2   0      272.8  0     15.75 1.25 8 350
  10,240 cores at 1.665 GHz, ratios of the GA102 white paper (from memory)
+ RTX3090         gpu ampere-small    2020 24      936  35.6 35.6 71     71     0      284    0     15.7 1.25 8 350
  GA102 white paper, fp32 accumulation (142 with fp16) (from memory)
. RTX3090-Ti      gpu ampere-small    2022 24      1008 40   40   80     80     0      320    0     15.75 1.25 8 450
  10,752 cores at 1.86 GHz, ratios of the GA102 white paper (from memory)
+ A4000           gpu ampere-small    2021 16      448  19.2 38.3 76.7   76.7   0      153.4  0     31.5 1.25 8 140
  RTX A4000 datasheet, sparse halved (from memory); bandwidth, watts cpu-gpu.alldbin.com
+ A5000           gpu ampere-small    2021 24      768  27.8 55.6 111.1  111.1  0      222.2  0     31.5 1.25 8 230
  RTX A5000 datasheet, sparse halved (from memory)
+ A6000           gpu ampere-small    2020 48      768  38.7 77.4 154.8  154.8  0      309.7  0     31.5 1.25 8 300
  LLM-Viewer (GA102 white paper); llm-analysis a6000-48gb.json; watts sysrqmts.com
. RTX4060-Ti      gpu ada             2023 16/8    288  22.1 22.1 44.1   44.1   88.2   176.5  0     15.75 1.25 8 165
  Ada white paper's ratios, 4,352 cores at 2.535 GHz (from memory)
. RTX4070         gpu ada             2023 12      504  29.1 29.1 58.3   58.3   116.6  233.2  0     15.75 1.25 8 200
  Ada white paper, fp32 accumulation (from memory)
+ RTX4070-Ti      gpu ada             2023 12      504  40.1 40.1 80.2   80.2   160.4  320.7  0     15.75 1.25 8 285
  Ada white paper's ratios, 7,680 cores at 2.61 GHz (from memory)
+ RTX4080         gpu ada             2022 16      717  48.7 48.7 97.5   97.5   194.9  389.9  0     15.75 1.25 8 320
  Ada white paper, fp32 accumulation (from memory)
+ RTX4090         gpu ada             2022 24/48   1008 82.6 82.6 165.2  165.2  330.3  660.6  0     15.7 1.25 8 450
  Ada white paper, fp32 accumulation (from memory); hmc-tech.com, sipoch.com agree
+ RTX4000-Ada     gpu ada             2023 20      360  26.7 53.4 106.9  106.9  213.8  213.8  0     31.5 1.25 8 130
  hmc-tech.com rtx-5000-ada-vs-rtx-4000-ada; bandwidth topcpu.net
+ RTX5000-Ada     gpu ada             2023 32      576  65.3 130.6 261.1 261.1  522.2  522.2  0     31.5 1.25 8 250
  hmc-tech.com rtx-5000-ada-vs-rtx-4000-ada; bandwidth topcpu.net
+ RTX6000-Ada     gpu ada             2022 48      960  91.1 182  364.2  364.2  728.5  728.5  0     31.5 1.25 8 300
  RTX 6000 Ada datasheet, sparse fp8 1,457 halved (from memory)
. RTX5080         gpu blackwell-small 2025 16      960  56.3 56.3 112.6  112.6  225.1  450.2  900.4 31.5 1.25 8 360
  RTX Blackwell white paper, fp32 accumulation (from memory)
+ RTX5090         gpu blackwell-small 2025 32      1792 105  105  209.5  209.5  419    838    1676  31.5 1.25 8 575
  RTX Blackwell white paper, fp32 accumulation (from memory)
+ RTXPRO6000      gpu blackwell-small 2025 96      1597 117  234  467.8  467.8  935.6  935.6  1871  63 6.25 8 600
  aic rtx_pro_6000_server.yaml (at 2,430 MHz); 1,597 GB/s, fp32 the product's page; fp4 twice fp8
. RTXPRO6000-Workstation gpu blackwell-small 2025 96 1792 125 251.9 503.8 503.8 1007.6 1007.6 2015 63 1.25 8 600
  RTX Blackwell PRO white paper, 4,000 sparse fp4 (from memory); gpu.name, topcpu.net

. GB10            gpu blackwell-small 2025 128     273  31   0    125    125    250    250    500  25 25 2 140
  DGX Spark: 1,000 sparse fp4, LPDDR5X, ConnectX-7 of 200 Gbit/s (from memory)

= NVIDIA Jetson
. Jetson-Nano     edge maxwell        2019 4       25.6 0.236 0   0      0.472  0      0      0     0.5 0.125 1 10
  module datasheet, 472 GFLOPS fp16 (from memory); bandwidth cpu-gpu.alldbin.com
. Jetson-Xavier-NX edge volta         2020 8/16    51.2 0.84 0    0      5.4    0      10.5   0     1 0.125 1 15
  module datasheet, 21 int8 of which half the DLAs (from memory)
. Jetson-AGX-Xavier edge volta        2018 32/16/64 137 1.41 0    0      11     0      22     0     1 0.125 1 30
  module datasheet, 11 fp16 and 22 int8 of the GPU (from memory)
. Jetson-Orin-Nano edge ampere-small  2023 8/4     68   1.28 0    0      10     0      20     0     1 0.125 1 15
  datasheet, 40 sparse halved; fp16 half of int8 (from memory); bandwidth brojogopalsapui.com
. Jetson-Orin-Nano-Super edge ampere-small 2024 8  102  2.1  0    0      17     0      33     0     1 0.125 1 25
  product page, 33 dense int8, 17 fp16 (from memory); bandwidth brojogopalsapui.com
. Jetson-Orin-NX  edge ampere-small   2023 16/8    102.4 1.88 0   0      15     0      50     0     1 0.125 1 25
  datasheet, 100 sparse halved with the DLAs; fp16 half of the GPU's 30 int8 (from memory)
. Jetson-AGX-Orin edge ampere-small   2022 64/32   204.8 5.3 0    0      42.5   0      137.5  0     1 1.25 1 60
  technical brief v1.2, 275 sparse halved: GPU 85, DLAs 52.5 (from memory); fixstars
. Jetson-AGX-Thor edge blackwell-small 2025 128    273  8.1  0    258.5  258.5  517    517    1035  1 12.5 1 130
  Jetson Thor datasheet, 2,070 sparse fp4, 517 dense fp8 (from memory); fp32 2,560 cores at 1.57 GHz
`;
