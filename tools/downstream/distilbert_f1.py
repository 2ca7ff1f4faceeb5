#!/usr/bin/env python3
"""Downstream F1 with DistilBERT: train on synthetic texts, test on golden ones.

The Mixture of Personas paper fine-tunes DistilBERT on what a method generates and reports macro F1 on the golden test set. `mop evaluate
--metrics f1` has a built-in stand-in (logistic regression on embeddings: seconds, no GPU); this script is the full thing.

  pip install torch transformers scikit-learn
  python distilbert_f1.py --synthetic synthetic.jsonl --golden golden.jsonl [--model distilbert-base-uncased] [--seeds 0 1 2]

Both files: one JSON object a line with `text` and `label`. One JSON line per seed on stdout, then one with mean and standard deviation; progress on stderr.
Labels that only golden has count as missed (F1 0), as in the built-in classifier. The best epoch is chosen on a tenth of the synthetic rows, never on golden.
"""
import argparse
import json
import random
import statistics
import sys


def read_rows(path):
    """(texts, labels) of a jsonl file; says which line is at fault."""
    texts, labels = [], []
    with open(path, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                texts.append(str(row['text']))
                labels.append(str(row['label']))
            except (ValueError, KeyError) as error:
                sys.exit(f'{path}:{number}: expected an object with text and label ({error}).')
    if not texts:
        sys.exit(f'{path}: no rows. Give at least one JSON object a line.')
    return texts, labels


def batches(indices, size):
    for start in range(0, len(indices), size):
        yield indices[start:start + size]


def encode(tokenizer, texts, length, device):
    return tokenizer(texts, truncation=True, max_length=length, padding=True, return_tensors='pt').to(device)


def predict(model, tokenizer, texts, options, device):
    """Class number of every text."""
    import torch
    model.eval()
    predicted = []
    with torch.no_grad():
        for some in batches(range(len(texts)), 2 * options.batch):
            logits = model(**encode(tokenizer, [texts[i] for i in some], options.length, device)).logits
            predicted += logits.argmax(-1).tolist()
    return predicted


def train_once(seed, synthetic, golden, options):
    """One fine-tuning run: dictionary of the figures on golden."""
    import torch
    from sklearn.metrics import accuracy_score, f1_score
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

    random.seed(seed)
    torch.manual_seed(seed)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    texts, labels = synthetic
    trained = sorted(set(labels))
    classes = trained + sorted(set(golden[1]) - set(trained))
    number = {label: i for i, label in enumerate(classes)}
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForSequenceClassification.from_pretrained(
        options.model, num_labels=len(trained), ignore_mismatched_sizes=True).to(device)

    order = list(range(len(texts)))
    random.shuffle(order)
    cut = max(1, len(order) // 10)
    held, kept = order[:cut], order[cut:]
    steps = options.epochs * -(-len(kept) // options.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)
    best, best_state = -1.0, None
    for epoch in range(options.epochs):
        model.train()
        random.shuffle(kept)
        for some in batches(kept, options.batch):
            inputs = encode(tokenizer, [texts[i] for i in some], options.length, device)
            target = torch.tensor([number[labels[i]] for i in some], device=device)
            model(**inputs, labels=target).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        guesses = predict(model, tokenizer, [texts[i] for i in held], options, device)
        score = accuracy_score([number[labels[i]] for i in held], guesses)
        print(f'seed {seed}, epoch {epoch + 1}: accuracy {score:.3f} on held-out synthetic rows', file=sys.stderr)
        if score > best:
            best, best_state = score, {name: value.detach().clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best_state)

    guesses = predict(model, tokenizer, golden[0], options, device)
    truth = [number[label] for label in golden[1]]
    present = sorted(set(truth))
    return {
        'seed': seed,
        'macroF1': f1_score(truth, guesses, labels=present, average='macro', zero_division=0),
        'microF1': f1_score(truth, guesses, average='micro', zero_division=0),
        'accuracy': accuracy_score(truth, guesses),
        'n': [len(texts), len(golden[0])],
        'model': options.model,
        'device': device,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--synthetic', required=True)
    parser.add_argument('--golden', required=True)
    parser.add_argument('--model', default='distilbert-base-uncased', help='hub id or folder')
    parser.add_argument('--epochs', type=int, default=5)
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--length', type=int, default=256, help='tokens kept of a text')
    parser.add_argument('--learning-rate', type=float, default=5e-5)
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2])
    options = parser.parse_args()
    synthetic, golden = read_rows(options.synthetic), read_rows(options.golden)
    if len(set(synthetic[1])) < 2:
        sys.exit(f'{options.synthetic}: a classifier needs labels of at least 2 kinds.')
    runs = []
    for seed in options.seeds:
        runs.append(train_once(seed, synthetic, golden, options))
        print(json.dumps(runs[-1]), flush=True)
    scores = [run['macroF1'] for run in runs]
    print(json.dumps({'mean': statistics.mean(scores), 'sd': statistics.stdev(scores) if len(scores) > 1 else None, 'runs': len(scores)}))


if __name__ == '__main__':
    main()
