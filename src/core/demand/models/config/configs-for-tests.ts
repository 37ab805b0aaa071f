/**
 * What the config.json of models says of their shape: an id of the tables, then the fields as they
 * stand on huggingface.co, without those of training and sampling.
 */
const TEXTS: Readonly<Record<string, string>> = {
  'meta-llama/Meta-Llama-3-8B': `
    {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads":
    32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
    "tie_word_embeddings": false, "attention_bias": false, "torch_dtype": "bfloat16"}`,
  'meta-llama/Llama-3.2-1B': `
    {"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads":
    32, "num_key_value_heads": 8, "intermediate_size": 8192, "vocab_size": 128256, "head_dim": 64,
    "tie_word_embeddings": true, "mlp_bias": false}`,
  'mistralai/Mistral-7B-v0.1': `
    {"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads":
    32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000,
    "sliding_window": 4096}`,
  'mistralai/Mixtral-8x7B-v0.1': `
    {"model_type": "mixtral", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads":
    32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000,
    "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": null}`,
  'Qwen/Qwen2.5-7B': `
    {"model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads":
    28, "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
    "sliding_window": 131072, "use_sliding_window": false, "max_window_layers": 28}`,
  'Qwen/Qwen1.5-MoE-A2.7B': `
    {"model_type": "qwen2_moe", "hidden_size": 2048, "num_hidden_layers": 24, "vocab_size":
    151936, "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 5632,
    "num_experts": 60, "num_experts_per_tok": 4, "moe_intermediate_size": 1408,
    "shared_expert_intermediate_size": 5632, "decoder_sparse_step": 1}`,
  'Qwen/Qwen3-4B': `
    {"model_type": "qwen3", "hidden_size": 2560, "num_hidden_layers": 36, "num_attention_heads":
    32, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 9728, "vocab_size":
    151936, "tie_word_embeddings": true}`,
  'Qwen/Qwen3-30B-A3B': `
    {"model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48, "vocab_size":
    151936, "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128,
    "mlp_only_layers": [], "intermediate_size": 6144, "num_experts": 128, "num_experts_per_tok":
    8, "moe_intermediate_size": 768}`,
  'Qwen/Qwen3-Next-80B-A3B': `
    {"model_type": "qwen3_next", "hidden_size": 2048, "num_hidden_layers": 48, "vocab_size":
    151936, "num_attention_heads": 16, "num_key_value_heads": 2, "head_dim": 256,
    "intermediate_size": 5120, "num_experts": 512, "num_experts_per_tok": 10,
    "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512,
    "full_attention_interval": 4, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
    "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4}`,
  'google/gemma-2-9b': `
    {"model_type": "gemma2", "hidden_size": 3584, "num_hidden_layers": 42, "num_attention_heads":
    16, "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 14336, "vocab_size":
    256000, "sliding_window": 4096}`,
  'google/gemma-3-1b-pt': `
    {"model_type": "gemma3_text", "hidden_size": 1152, "num_hidden_layers": 26,
    "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256, "intermediate_size":
    6912, "vocab_size": 262144, "sliding_window": 512, "sliding_window_pattern": 6}`,
  'microsoft/phi-2': `
    {"model_type": "phi", "hidden_size": 2560, "num_hidden_layers": 32, "num_attention_heads": 32,
    "intermediate_size": 10240, "vocab_size": 51200}`,
  'microsoft/Phi-3.5-MoE-instruct': `
    {"model_type": "phimoe", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 32064,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 6400,
    "num_local_experts": 16, "num_experts_per_tok": 2, "attention_bias": true}`,
  'allenai/OLMo-2-1124-7B': `
    {"model_type": "olmo2", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads":
    32, "num_key_value_heads": 32, "intermediate_size": 11008, "vocab_size": 100352}`,
  'CohereForAI/c4ai-command-r-plus': `
    {"model_type": "cohere", "hidden_size": 12288, "num_hidden_layers": 64, "use_qk_norm": true,
    "num_attention_heads": 96, "num_key_value_heads": 8, "intermediate_size": 33792, "vocab_size":
    256000}`,
  'deepseek-ai/DeepSeek-V2-Lite': `
    {"model_type": "deepseek_v2", "hidden_size": 2048, "num_hidden_layers": 27, "vocab_size":
    102400, "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 10944,
    "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6,
    "moe_intermediate_size": 1408, "first_k_dense_replace": 1, "moe_layer_freq": 1, "q_lora_rank":
    null, "kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
    "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekV2Config"}}`,
  'deepseek-ai/DeepSeek-V3': `
    {"model_type": "deepseek_v3", "hidden_size": 7168, "num_hidden_layers": 61, "vocab_size":
    129280, "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8,
    "moe_intermediate_size": 2048, "first_k_dense_replace": 3, "moe_layer_freq": 1, "q_lora_rank":
    1536, "kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
    "num_nextn_predict_layers": 1, "torch_dtype": "bfloat16", "quantization_config":
    {"quant_method": "fp8", "weight_block_size": [128, 128]}}`,
  'deepseek-ai/DeepSeek-V4-Flash': `
    {"model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 43, "vocab_size":
    129280, "num_attention_heads": 64, "num_key_value_heads": 1, "head_dim": 512,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 6,
    "moe_intermediate_size": 2048, "q_lora_rank": 1024, "o_lora_rank": 1024, "o_groups": 8,
    "index_n_heads": 64, "index_head_dim": 128, "hc_mult": 4, "sliding_window": 128,
    "qk_rope_head_dim": 64, "tie_word_embeddings": false, "compress_ratios": [0, 0, 4, 128, 4,
    128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128,
    4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 0]}`,
  'zai-org/GLM-4.5': `
    {"model_type": "glm4_moe", "hidden_size": 5120, "num_hidden_layers": 92, "vocab_size": 151552,
    "num_attention_heads": 96, "num_key_value_heads": 8, "head_dim": 128, "attention_bias": true,
    "intermediate_size": 12288, "n_routed_experts": 160, "n_shared_experts": 1,
    "num_experts_per_tok": 8, "moe_intermediate_size": 1536, "first_k_dense_replace": 3,
    "use_qk_norm": true}`,
  'zai-org/GLM-5': `
    {"model_type": "glm_moe_dsa", "hidden_size": 6144, "num_hidden_layers": 78, "head_dim": 64,
    "num_attention_heads": 64, "num_key_value_heads": 64, "intermediate_size": 12288,
    "vocab_size": 154880, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok":
    8, "moe_intermediate_size": 2048, "first_k_dense_replace": 3, "moe_layer_freq": 1,
    "q_lora_rank": 2048, "kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 192,
    "v_head_dim": 256, "index_n_heads": 32, "index_head_dim": 128}`,
  'MiniMaxAI/MiniMax-M2': `
    {"model_type": "minimax_m2", "hidden_size": 3072, "num_hidden_layers": 62, "head_dim": 128,
    "num_attention_heads": 48, "num_key_value_heads": 8, "intermediate_size": 1536, "vocab_size":
    200064, "num_local_experts": 256, "num_experts_per_tok": 8, "use_qk_norm": true,
    "shared_intermediate_size": 0}`,
  'openai/gpt-oss-120b': `
    {"model_type": "gpt_oss", "hidden_size": 2880, "num_hidden_layers": 36, "head_dim": 64,
    "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 2880, "vocab_size":
    201088, "num_local_experts": 128, "num_experts_per_tok": 4, "attention_bias": true,
    "sliding_window": 128, "quantization_config": {"quant_method": "mxfp4"}}`,
  'databricks/dbrx-base': `
    {"model_type": "dbrx", "d_model": 6144, "n_layers": 40, "n_heads": 48, "vocab_size": 100352,
    "attn_config": {"kv_n_heads": 8, "clip_qkv": 8}, "ffn_config": {"ffn_hidden_size": 10752,
    "moe_num_experts": 16, "moe_top_k": 4}}`,
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': `
    {"model_type": "nemotron_h", "hidden_size": 2688, "num_hidden_layers": 52, "vocab_size":
    131072, "num_attention_heads": 32, "num_key_value_heads": 2, "head_dim": 128,
    "intermediate_size": 1856, "n_routed_experts": 128, "n_shared_experts": 1,
    "num_experts_per_tok": 6, "moe_intermediate_size": 1856,
    "moe_shared_expert_intermediate_size": 3712, "mamba_num_heads": 64, "mamba_head_dim": 64,
    "ssm_state_size": 128, "n_groups": 8, "hybrid_override_pattern":
    "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME"}`,
  'openai-community/gpt2-xl': `
    {"model_type": "gpt2", "n_embd": 1600, "n_layer": 48, "n_head": 25, "n_positions": 1024,
    "vocab_size": 50257, "n_ctx": 1024}`,
  'facebook/opt-350m': `
    {"model_type": "opt", "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
    "ffn_dim": 4096, "vocab_size": 50272, "max_position_embeddings": 2048, "word_embed_proj_dim":
    512, "do_layer_norm_before": false}`,
  'facebook/opt-6.7b': `
    {"model_type": "opt", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "ffn_dim": 16384, "vocab_size": 50272, "max_position_embeddings": 2048, "word_embed_proj_dim":
    4096}`,
  'EleutherAI/gpt-j-6b': `
    {"model_type": "gptj", "n_embd": 4096, "n_layer": 28, "n_head": 16, "n_inner": null,
    "vocab_size": 50400, "n_positions": 2048, "tie_word_embeddings": false}`,
  'EleutherAI/gpt-neox-20b': `
    {"model_type": "gpt_neox", "hidden_size": 6144, "num_hidden_layers": 44,
    "num_attention_heads": 64, "intermediate_size": 24576, "vocab_size": 50432}`,
  'bigscience/bloom': `
    {"model_type": "bloom", "n_embed": 14336, "hidden_size": 14336, "n_layer": 70, "n_head": 112,
    "vocab_size": 250880}`,
  'mosaicml/mpt-7b': `
    {"model_type": "mpt", "d_model": 4096, "n_layers": 32, "n_heads": 32, "expansion_ratio": 4,
    "vocab_size": 50432, "max_seq_len": 2048, "no_bias": true, "attn_config": {"alibi": true}}`,
  'tiiuae/falcon-7b': `
    {"model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "bias": false,
    "num_attention_heads": 71, "multi_query": true, "parallel_attn": true, "vocab_size": 65024,
    "new_decoder_architecture": false, "alibi": false}`,
  'tiiuae/falcon-40b': `
    {"model_type": "falcon", "hidden_size": 8192, "num_hidden_layers": 60, "bias": false,
    "num_attention_heads": 128, "num_kv_heads": 8, "parallel_attn": true, "vocab_size": 65024,
    "new_decoder_architecture": true, "alibi": false}`,
  'bigcode/starcoder': `
    {"model_type": "gpt_bigcode", "n_embd": 6144, "n_layer": 40, "n_head": 48, "n_inner": 24576,
    "vocab_size": 49152, "n_positions": 8192, "multi_query": true}`,
  'bigcode/starcoder2-7b': `
    {"model_type": "starcoder2", "hidden_size": 4608, "num_hidden_layers": 32, "vocab_size": 49152,
    "num_attention_heads": 36, "num_key_value_heads": 4, "intermediate_size": 18432,
    "sliding_window": 4096, "use_bias": true, "norm_type": "layer_norm", "mlp_type": "default"}`,
  'allenai/OLMo-7B-hf': `
    {"model_type": "olmo", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 50304,
    "num_attention_heads": 32, "num_key_value_heads": 32, "intermediate_size": 11008,
    "tie_word_embeddings": false, "attention_bias": false}`,
  'google-bert/bert-large-uncased': `
    {"model_type": "bert", "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads":
    16, "intermediate_size": 4096, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2}`,
  'FacebookAI/roberta-base': `
    {"model_type": "roberta", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads":
    12, "intermediate_size": 3072, "vocab_size": 50265, "max_position_embeddings": 514,
    "type_vocab_size": 1}`,
  'distilbert/distilbert-base-uncased': `
    {"model_type": "distilbert", "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
    "vocab_size": 30522, "max_position_embeddings": 512}`,
  'albert/albert-base-v2': `
    {"model_type": "albert", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads":
    12, "intermediate_size": 3072, "vocab_size": 30000, "max_position_embeddings": 512,
    "type_vocab_size": 2, "embedding_size": 128, "num_hidden_groups": 1}`,
  'google/electra-small-discriminator': `
    {"model_type": "electra", "hidden_size": 256, "num_hidden_layers": 12, "num_attention_heads":
    4, "intermediate_size": 1024, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2, "embedding_size": 128}`,
  'google/vit-large-patch16-224': `
    {"model_type": "vit", "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
    "intermediate_size": 4096, "image_size": 224, "patch_size": 16, "num_labels": 1000}`,
  'openai/clip-vit-large-patch14': `
    {"model_type": "clip", "projection_dim": 768, "text_config": {"hidden_size": 768,
    "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12, "vocab_size":
    49408, "max_position_embeddings": 77}, "vision_config": {"hidden_size": 1024,
    "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size":
    14, "image_size": 224}}`,
  'google-t5/t5-large': `
    {"model_type": "t5", "d_model": 1024, "num_layers": 24, "num_heads": 16, "d_kv": 64, "d_ff":
    4096, "vocab_size": 32128, "relative_attention_num_buckets": 32}`,
  'google/flan-t5-xl': `
    {"model_type": "t5", "d_model": 2048, "num_layers": 24, "num_decoder_layers": 24, "num_heads":
    32, "d_kv": 64, "d_ff": 5120, "vocab_size": 32128, "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": false}`,
  'facebook/bart-large': `
    {"model_type": "bart", "d_model": 1024, "encoder_layers": 12, "decoder_layers": 12,
    "decoder_attention_heads": 16, "decoder_ffn_dim": 4096, "vocab_size": 50265,
    "max_position_embeddings": 1024}`,
  'openai/whisper-large-v3': `
    {"model_type": "whisper", "d_model": 1280, "encoder_layers": 32, "decoder_layers": 32,
    "decoder_attention_heads": 20, "decoder_ffn_dim": 5120, "vocab_size": 51866,
    "max_source_positions": 1500, "max_target_positions": 448, "num_mel_bins": 128}`,
  'stable-diffusion-v1-5/stable-diffusion-v1-5': `
    {"_class_name": "UNet2DConditionModel", "block_out_channels": [320, 640, 1280, 1280],
    "layers_per_block": 2, "cross_attention_dim": 768, "attention_head_dim": 8, "in_channels": 4,
    "out_channels": 4, "sample_size": 64, "down_block_types": ["CrossAttnDownBlock2D",
    "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"]}`,
  'stabilityai/stable-diffusion-xl-base-1.0': `
    {"_class_name": "UNet2DConditionModel", "block_out_channels": [320, 640, 1280],
    "layers_per_block": 2, "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20],
    "in_channels": 4, "out_channels": 4, "sample_size": 128, "transformer_layers_per_block": [1,
    2, 10], "projection_class_embeddings_input_dim": 2816, "down_block_types": ["DownBlock2D",
    "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"]}`,
  'facebook/DiT-XL-2-256': `
    {"_class_name": "DiTTransformer2DModel", "num_layers": 28, "num_attention_heads": 16,
    "attention_head_dim": 72, "in_channels": 4, "out_channels": 8, "sample_size": 32,
    "patch_size": 2, "num_embeds_ada_norm": 1000}`,
  'stabilityai/stable-diffusion-3-medium': `
    {"_class_name": "SD3Transformer2DModel", "num_layers": 24, "num_attention_heads": 24,
    "attention_head_dim": 64, "in_channels": 16, "out_channels": 16, "sample_size": 128,
    "patch_size": 2, "joint_attention_dim": 4096, "pooled_projection_dim": 2048}`,
  'black-forest-labs/FLUX.1-dev': `
    {"_class_name": "FluxTransformer2DModel", "num_layers": 19, "num_single_layers": 38,
    "num_attention_heads": 24, "attention_head_dim": 128, "in_channels": 64, "patch_size": 1,
    "joint_attention_dim": 4096, "pooled_projection_dim": 768, "guidance_embeds": true}`,
  'Wan-AI/Wan2.1-T2V-14B': `
    {"_class_name": "WanTransformer3DModel", "num_layers": 40, "num_attention_heads": 40,
    "attention_head_dim": 128, "in_channels": 16, "out_channels": 16, "ffn_dim": 13824,
    "text_dim": 4096, "patch_size": [1, 2, 2]}`,
};

export const CONFIGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> =
  Object.fromEntries(Object.entries(TEXTS).map(([id, text]) => [id, JSON.parse(text)]));
