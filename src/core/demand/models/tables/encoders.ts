import { type ModelRow, readTable } from './read-table.ts';

/**
 * Encoders of text and images. `other` is the pooler of BERT's kind (width² + width).
 * Sources: config.json of each id on huggingface.co; BERT arXiv:1810.04805, table of sizes; RoBERTa
 * 1907.11692; DistilBERT 1910.01108; ALBERT 1909.11942; ELECTRA 2003.10555; XLM-R 1911.02116; ViT
 * 2010.11929, table 1; CLIP 2103.00020, table 20.
 */
export const encoders = (): ModelRow[] => [
  ...readTable(
    `
google-bert/bert-base-uncased        12 768  12 12 64  3072  p 30522  t positions=512 types=2 other=590592
google-bert/bert-base-cased          12 768  12 12 64  3072  p 28996  t positions=512 types=2 other=590592
google-bert/bert-large-uncased       24 1024 16 16 64  4096  p 30522  t positions=512 types=2 other=1049600
google-bert/bert-large-cased         24 1024 16 16 64  4096  p 28996  t positions=512 types=2 other=1049600
FacebookAI/roberta-base              12 768  12 12 64  3072  p 50265  t positions=514 types=1 other=590592
FacebookAI/roberta-large             24 1024 16 16 64  4096  p 50265  t positions=514 types=1 other=1049600
FacebookAI/xlm-roberta-base          12 768  12 12 64  3072  p 250002 t positions=514 types=1 other=590592
FacebookAI/xlm-roberta-large         24 1024 16 16 64  4096  p 250002 t positions=514 types=1 other=1049600
distilbert/distilbert-base-uncased   6  768  12 12 64  3072  p 30522  t positions=512
sentence-transformers/all-MiniLM-L6-v2 6 384 12 12 32  1536  p 30522  t positions=512 types=2 other=147840
albert/albert-base-v2                12 768  12 12 64  3072  p 30000  t positions=512 types=2 embed=128 once norms=4/0 other=590848
albert/albert-large-v2               24 1024 16 16 64  4096  p 30000  t positions=512 types=2 embed=128 once norms=4/0 other=1049856
albert/albert-xlarge-v2              24 2048 16 16 128 8192  p 30000  t positions=512 types=2 embed=128 once norms=4/0 other=4196608
albert/albert-xxlarge-v2             12 4096 64 64 64  16384 p 30000  t positions=512 types=2 embed=128 once norms=4/0 other=16781568
google/electra-small-discriminator   12 256  4  4  64  1024  p 30522  t positions=512 types=2 embed=128 norms=4/0 other=256
google/electra-base-discriminator    12 768  12 12 64  3072  p 30522  t positions=512 types=2
google/electra-large-discriminator   24 1024 16 16 64  4096  p 30522  t positions=512 types=2
`,
    { family: 'encoder', common: 'bias=qkvof norms=4/2' },
  ),
  ...readTable(
    `
google/vit-base-patch16-224          12 768  12 12 64  3072  p 0 t image=224/16/1000 positions=198
google/vit-base-patch32-224          12 768  12 12 64  3072  p 0 t image=224/32/1000 positions=51
google/vit-large-patch16-224         24 1024 16 16 64  4096  p 0 t image=224/16/1000 positions=198
google/vit-huge-patch14-224          32 1280 16 16 80  5120  p 0 t image=224/14/1000 positions=258
openai/clip-vit-base-patch32         12 768  12 12 64  3072  p 0 t image=224/32/512 positions=51 norms=4/4 text=12/512/8/49408/77 other=262144
openai/clip-vit-base-patch16         12 768  12 12 64  3072  p 0 t image=224/16/512 positions=198 norms=4/4 text=12/512/8/49408/77 other=262144
openai/clip-vit-large-patch14        24 1024 16 16 64  4096  p 0 t image=224/14/768 positions=258 norms=4/4 text=12/768/12/49408/77 other=589824
`,
    { family: 'encoder', common: 'bias=qkvof norms=4/2' },
  ),
];
