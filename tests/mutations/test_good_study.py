"""Nothing is found wrong where nothing is."""


def test_the_good_study_raises_no_alarm(good_outcome):
    problems, questions, values = good_outcome
    assert problems == []
    assert set(values) == {"a", "b", "a.rna", "a.proteome", "a.olink", "b.rna", "b.metabolites"}
    assert "no" not in set(questions["verdict"])
