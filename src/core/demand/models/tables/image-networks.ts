import type { ImageNetworkShape } from '../image-network.ts';

/**
 * Convolutions and matrices, parameters, multiply-adds and activations of one input: pixels on a
 * side as the id says, else 224. A count of multiply-adds is half of what is published as FLOPs.
 * Sources: counts of timm's model cards (ResNet, VGG, MobileNet, EfficientNet and so on; its ResNet
 * has the stride of v1.5), torchvision's (SSD-VGG, RetinaNet), ultralytics' tables (YOLO; their
 * activations by its layers at 640 pixels), the Open Model Zoo's (SSD-MobileNet), He et al.
 * arXiv:1512.03385 and MLCommons' reference of 3D U-Net (a patch of 128³).
 */
const TABLE = `
timm/resnet18                 21  11689512  1814073344   2484712
timm/resnet34                 37  21797672  3663761408   3739112
timm/resnet50                 54  25557032  4089184256   11114984
timm/resnet101                105 44549160  7801405440   16232936
timm/resnet152                156 60192808  11513626624  22555112
timm/resnext50_32x4d          54  25028904  4230479872   14401512
timm/wide_resnet50_2          54  68883240  11398021120  14401512
timm/vgg11                    11  132863336 7609090048   7435240
timm/vgg13                    13  133047848 11308466176  12252136
timm/vgg16                    16  138357544 15470264320  13556712
timm/vgg19                    19  143667240 19632062464  14861288
timm/mobilenetv1_100          28  4231976   568740352    5043688
timm/mobilenetv2_100          53  3504872   300774272    6679112
timm/mobilenetv3_large_100    64  5483032   216589760    4407168
timm/efficientnet_b0          82  5288548   385814752    6748036
timm/efficientnet_b1          116 7794184   686802832    10884328
timm/efficientnet_b2          116 9109994   859853760    12806170
timm/efficientnet_b3          131 12233232  1589198096   21488024
timm/efficientnet_b4          161 19341616  3063687008   34756440
timm/efficientnet_b5          195 30389784  9404374080   93559976
timm/efficientnet_b7          274 66347960  37745884192  289939464
timm/densenet121              121 7978856   2834161664   6900200
timm/inception_v3             95  23834568  5713216096   8968488
timm/convnext_tiny            59  28589128  4455531264   13435624
timm/convnext_base            113 88591464  15354729472  28751848
timm/regnety_160              96  83590140  15911510272  23041228
ultralytics/yolov5n           60  1900000   2250000000   14000000
ultralytics/yolov5s           60  7200000   8250000000   25800000
ultralytics/yolov5m           82  21200000  24500000000  47400000
ultralytics/yolov5l           104 46500000  54550000000  75700000
ultralytics/yolov8n           64  3157200   4371993600   15131200
ultralytics/yolov8s           64  11166560  14301312000  27406400
ultralytics/yolov8m           84  25902640  39468364800  48360000
ultralytics/yolov8l           104 43691520  82574259200  74510400
ultralytics/yolov8x           104 68229648  128902169600 92827200
ultralytics/yolo11n           88  2624080   3240531200   17595200
ultralytics/yolo11m           113 20114688  33990784000  68571200
torchvision/ssd300_vgg16      35  35641826  34858153472  26111076
torchvision/retinanet_resnet50_fpn 111 34014999 151540437248 187270537
mlcommons/retinanet-resnext50 111 37060652  201208394752 249965588
mlcommons/3d-unet             28  31190243  477298688000 452796416
tensorflow/ssd_mobilenet_v1   47  6807000   1247000000   9406371
tensorflow/ssd_mobilenet_v1_0.75 47 5181487 750754640    7111923
tensorflow/ssd_mobilenet_v2   72  16818000  1887500000   12417347
`;

export const IMAGE_NETWORKS: readonly ImageNetworkShape[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [id, layers, params, macs, activations] = line.split(/ +/);
    return {
      kind: 'image-network',
      id: id!,
      layers: Number(layers),
      params: Number(params),
      macs: Number(macs),
      activations: Number(activations),
    };
  });
