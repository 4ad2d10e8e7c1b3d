#!/usr/bin/python3
"""What scikit-learn says of each class, of the made-up predictions of metrics.py.

    /usr/bin/python3 tests/core/reference/class_reports.py > tests/core/reference/class_reports.csv

A row has the number of outputs, predictions and targets row by row, the rows' weights where they have any,
and precision, recall, F1 and support of each class. Several numbers in one cell are separated by blanks.
"""

from sklearn.metrics import precision_recall_fscore_support

from metrics import cell, class_cases, one_hot, predicted, weights


def main():
    print("outputs,predictions,targets,weights,precision,recall,f1,support")
    for i, (y, p) in enumerate(class_cases()):
        outputs = p.shape[1]
        # Every other case by weights as well.
        for w in (None, weights(len(y))) if i % 2 == 0 else (None,):
            figures = precision_recall_fscore_support(
                y, predicted(p), labels=range(max(2, outputs)), average=None, sample_weight=w,
                zero_division=0)
            t = y if outputs == 1 else one_hot(y, outputs)
            print(",".join([str(outputs), cell(p), cell(t), "" if w is None else cell(w)] +
                           [cell(figure) for figure in figures]))


if __name__ == "__main__":
    main()
