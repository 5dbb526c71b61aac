"""Search, and the only way to enumerate."""

from uuid import uuid4

import pytest
from edison_client.clients.data_storage_methods import DataStorageError
from edison_client.models.rest import FilterLogic, SearchCriterion, SearchOperator


def where(field: str, operator: SearchOperator, value) -> SearchCriterion:
    return SearchCriterion(field=field, operator=operator, value=value)


@pytest.fixture(scope="module")
def seeded(server):
    from conftest import make_client

    client = make_client(server, "alice")
    dataset = client.create_dataset(name="searched").id
    texts = {"Alpha one": "apple banana", "alpha two": "banana cherry", "beta": "cherry " * 5}
    for name, text in texts.items():
        client.store_text_content(name=name, content=text, dataset_id=dataset, tags=[name.split()[0].lower()])
    client.close()
    return str(dataset)


@pytest.mark.parametrize(
    ("field", "operator", "value", "names"),
    [
        ("name", SearchOperator.EQUALS, "beta", {"beta"}),
        ("name", SearchOperator.CONTAINS, "ALPHA", {"Alpha one", "alpha two"}),
        ("name", SearchOperator.STARTS_WITH, "alpha", {"Alpha one", "alpha two"}),
        ("name", SearchOperator.ENDS_WITH, "two", {"alpha two"}),
        ("content", SearchOperator.FULLTEXT, "apple cherry", {"Alpha one", "alpha two", "beta"}),
        ("tags", SearchOperator.EQUALS, "alpha", {"Alpha one", "alpha two"}),
        ("name", SearchOperator.IN, ["beta", "alpha two"], {"beta", "alpha two"}),
        ("created_at", SearchOperator.GREATER_THAN, "2020-01-01T00:00:00Z", {"Alpha one", "alpha two", "beta"}),
        ("created_at", SearchOperator.LESS_THAN, "2020-01-01T00:00:00Z", set()),
        ("created_at", SearchOperator.BETWEEN, ["2020-01-01", "2999-01-01"], {"Alpha one", "alpha two", "beta"}),
    ],
)
def test_operator(alice, seeded, field, operator, value, names):
    found = alice.search_data_storage(
        criteria=[where("dataset_id", SearchOperator.EQUALS, seeded), where(field, operator, value)],
        filter_logic=FilterLogic.AND,
        limit=100,
    )

    assert {hit["name"] for hit in found} == names


async def test_or_is_a_union_sorted_by_score(alice, seeded):
    found = await alice.asearch_data_storage(
        criteria=[where("content", SearchOperator.FULLTEXT, word) for word in ("apple", "cherry")],
        filter_logic=FilterLogic.OR,
        limit=100,
    )

    scores = [hit["score"] for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert {"Alpha one", "beta"} <= {hit["name"] for hit in found}


def test_text_query_and_highlights(alice, seeded):
    criteria = [where("dataset_id", SearchOperator.EQUALS, seeded)]
    found = alice.search_data_storage(
        criteria=criteria, filter_logic=FilterLogic.AND, text_query="apple", highlight=True, limit=10
    )

    assert [hit["name"] for hit in found] == ["Alpha one"]
    assert found[0]["highlights"]["content"] == ["<em>apple</em> banana"]


def test_pages(server, alice):
    dataset = server.admin("POST", "bulk", {"dataset": "many", "count": 2500, "size": 10, "user": "alice"})["dataset_id"]
    criteria = [where("dataset_id", SearchOperator.EQUALS, dataset)]

    pages = [alice.search_data_storage(criteria=criteria, limit=1000, offset=at) for at in (0, 1000, 2000, 3000)]

    assert [len(page) for page in pages] == [1000, 1000, 500, 0]
    assert len({hit["id"] for page in pages for hit in page}) == 2500
    with pytest.raises(DataStorageError, match="Result window is too large"):
        alice.search_data_storage(criteria=criteria, limit=1000, offset=9001)


def test_similarity(alice):
    dataset = alice.create_dataset(name=f"vectors {uuid4()}").id
    for name, vector in {"x": [1.0, 0.0], "xy": [1.0, 1.0], "y": [0.0, 1.0]}.items():
        alice.store_text_content(name=name, content=name, dataset_id=dataset, embedding=vector)

    found = alice.similarity_search_data_storage(embedding=[1.0, 0.1], min_score=0.5, dataset_id=dataset)

    assert [hit["name"] for hit in found] == ["x", "xy"]
    assert found[0]["embedding_similarity"] > found[1]["embedding_similarity"]
