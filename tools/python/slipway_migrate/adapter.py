"""The adapter that a migrator works on: records what it touches, loads collections when they are first asked for."""

from typing import Any, Callable, Iterable, Optional, Union

from nmdc_schema.migrators.adapters.dictionary_adapter import DictionaryAdapter

from .documents import BadDocument, Document, Documents


class RecordingAdapter(DictionaryAdapter):
    """Has the meaning of the package's MongoAdapter: what a migrator gets is a copy, only the methods here write.

    Collections that the migrator never asks for never come into this process.
    """

    def __init__(self, existing: Iterable[str], may_be_missing: Iterable[str], load: Callable[[str], Documents]) -> None:
        super().__init__(database={})
        self._load = load
        self._may_be_missing = frozenset(may_be_missing)
        self.collections: dict[str, Optional[Documents]] = dict.fromkeys(existing)
        self.touched: set[str] = set()
        self.missing: set[str] = set()
        self.created: list[str] = []
        self.renamed: list[tuple[str, str]] = []
        self.deleted: list[tuple[str, str]] = []

    def create_collection(self, collection_name: str) -> None:
        self.touched.add(collection_name)
        if collection_name not in self.collections:
            self.collections[collection_name] = self._load("")
            self.created.append(collection_name)

    def rename_collection(self, current_name: str, new_name: str) -> None:
        documents = self._open(current_name)
        if documents is None:
            return
        if new_name in self.collections:
            raise BadDocument(f"the migrator renames {current_name} to {new_name}, which exists")
        del self.collections[current_name]
        self.collections[new_name] = documents
        self.touched.add(new_name)
        self.renamed.append((current_name, new_name))

    def delete_collection(self, collection_name: str) -> None:
        documents = self._open(collection_name)
        if documents is not None:
            documents.remove(lambda _: True, "the migrator deleted the collection")
            del self.collections[collection_name]
            self.deleted.append((collection_name, documents.name))

    def insert_document(self, collection_name: str, document: Document) -> None:
        documents = self._open(collection_name)
        if documents is None:
            # MongoDB makes the collection with its first document.
            self.missing.discard(collection_name)
            self.create_collection(collection_name)
            documents = self._open(collection_name)
        assert documents is not None
        documents.append(document)

    def get_document_having_value_in_field(self, collection_name: str, field_name: str, value: str) -> Optional[Document]:
        return self.get_document_having_one_of_values_in_field(collection_name, field_name, [value])

    def get_document_having_one_of_values_in_field(
        self, collection_name: str, field_name: str, values: list[str]
    ) -> Optional[Document]:
        documents = self._open(collection_name)
        return None if documents is None else documents.find(field_name, values)

    def delete_documents_having_value_in_field(self, collection_name: str, field_name: str, value: str) -> int:
        documents = self._open(collection_name)
        if documents is None:
            return 0
        return documents.remove(
            lambda document: field_name in document and document[field_name] == value,
            f"the migrator deletes documents with {field_name} = {value!r}",
        )

    def process_each_document(self, collection_name: str, pipeline: list[Callable[[Document], Document]]) -> None:
        def run(document: Document) -> Document:
            for function in pipeline:
                document = function(document)
            return document

        self._rewrite(collection_name, run)

    def set_field_of_each_document(
        self, collection_name: str, field_name: str, value: Union[None, str, int, float, bool]
    ) -> None:
        self._rewrite(collection_name, lambda document: {**document, field_name: value})

    def remove_field_from_each_document(self, collection_name: str, field_name: str) -> None:
        def run(document: Document) -> Document:
            document.pop(field_name, None)
            return document

        self._rewrite(collection_name, run)

    def do_for_each_document(self, collection_name: str, action: Callable[[Document], Any]) -> None:
        documents = self._open(collection_name)
        if documents is None:
            return
        for _, document in documents:
            try:
                action(document)
            except Exception as error:
                error.add_note(f"in {collection_name}, _id {document.get('_id')!r}")
                raise

    def copy_value_from_field_to_field_in_each_document(
        self, collection_name: str, source_field_name: str, destination_field_name: str
    ) -> None:
        def run(document: Document) -> Document:
            if source_field_name in document:
                document[destination_field_name] = document[source_field_name]
            return document

        self._rewrite(collection_name, run)

    def _rewrite(self, collection_name: str, function: Callable[[Document], Any]) -> None:
        documents = self._open(collection_name)
        if documents is not None:
            documents.rewrite(function)

    def _open(self, collection_name: str) -> Optional[Documents]:
        """None for a collection that does not exist: the published adapters pass it over, the engine judges it (N12)."""
        if collection_name not in self.collections:
            if collection_name not in self._may_be_missing:
                self.missing.add(collection_name)
            return None
        self.touched.add(collection_name)
        documents = self.collections[collection_name]
        if documents is None:
            documents = self._load(collection_name)
            self.collections[collection_name] = documents
        return documents
